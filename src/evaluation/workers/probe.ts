/** The smallest task, for the tests of pools and for whoever asks whether workers start here. */
import { dataError } from "../../numerics/errors.ts";

/**
 * `payload` values, each plus `shared.offset`.
 * @throws SpliceboostError "data" for a NaN; a plain TypeError for no values.
 */
export function probe(payload: Float64Array, shared: { readonly offset: number }): Float64Array {
  if (payload.length === 0) throw new TypeError("no values");
  return payload.map((value) => {
    if (Number.isNaN(value)) throw dataError("Expected numbers, found NaN.");
    return value + shared.offset;
  });
}
