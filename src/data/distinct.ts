/** Columns that teach a learner nothing: one value throughout, or the values of an earlier column. */
import { hashWords } from "./hash.ts";

/**
 * Sees columns one at a time and says which to leave out. Of each it keeps a 128-bit hash, not the values: two different
 * columns are taken for the same with a chance of about 2^-128.
 */
export class ConstantAndDuplicateFinder {
  readonly #seen = new Map<string, string>();

  /**
   * Looks at a column.
   * @param name Its name.
   * @param values f32 values in canonical row order, NaN where missing.
   * @returns Why to leave it out ("constant: ...", "same values as ..."), or null to keep it.
   */
  check(name: string, values: Float32Array): string | null {
    const constant = constantReason(values);
    if (constant !== null) return constant;
    const key = hashWords(canonicalBits(values)).join(",");
    const earlier = this.#seen.get(key);
    if (earlier !== undefined) return `same values as ${earlier}`;
    this.#seen.set(key, name);
    return null;
  }
}

function constantReason(values: Float32Array): string | null {
  const first = values[0];
  const missing = Number.isNaN(first);
  for (let i = 1; i < values.length; i++) {
    if (values[i] !== first && !(missing && Number.isNaN(values[i]))) return null;
  }
  if (values.length === 0 || missing) return "constant: no row has a value";
  return `constant: ${first + 0} in every row`;
}

/** Bits of the values with one NaN and one zero, so that values that compare alike hash alike. */
function canonicalBits(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length).slice();
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i];
    if (word === 0x80000000) bits[i] = 0;
    else if ((word & 0x7fffffff) > 0x7f800000) bits[i] = 0x7fc00000;
  }
  return bits;
}
