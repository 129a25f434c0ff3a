/** The fast ways to evaluate tree models. */
import { createCpuPredictor } from "../cpu/predictor.ts";
import type { TreePredictor } from "../numerics/predictor.ts";

/** A CPU predictor with that many threads (default: all cores); the margins are those of TreeModel.marginsOf. Close it to end its threads. */
export function treePredictor(options: { readonly threads?: number } = {}): TreePredictor {
  return createCpuPredictor(options);
}
