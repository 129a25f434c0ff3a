/** Prediction with the CPU's kernels, for tree models. */
import { type CpuPredictor, createCpuPredictor } from "../cpu/predictor.ts";
import type { Predictor } from "./tree-model.ts";

/** A predictor with that many threads (default: all cores); the margins are those of TreeModel.marginsOf. Close it to end its threads. */
export function treePredictor(
  options: { readonly threads?: number } = {},
): Predictor & Pick<CpuPredictor, "close"> {
  return createCpuPredictor(options);
}
