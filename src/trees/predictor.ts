/** The fast ways to evaluate tree models. */
import { createCpuPredictor } from "../cpu/predictor.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { createGpuPredictor } from "../gpu/predictor.ts";
import type { TreePredictor } from "../numerics/predictor.ts";
import type { Predictor } from "./tree-model.ts";

/** Where to predict: on so many threads of the CPU (default: all cores), or on a device from `openGpu`. */
export type PredictorOptions = { readonly threads?: number } | { readonly gpu: Gpu };

/** How to predict. */
export interface PredictOptions {
  /** What evaluates the trees, e.g. a `treePredictor`; by default the caller's thread. The result does not depend on it. */
  readonly predictor?: Predictor;
}

/**
 * A predictor whose margins are those of TreeModel.marginsOf; close it to free its threads, or its buffers on the device.
 *
 *     const gpu = await openGpu();
 *     const predictor = treePredictor({ gpu });
 *     const p = await model.predictProba(rows, { predictor });
 *
 * @throws SpliceboostError (usage) for a number of threads out of range. Its `margins` rejects with kind "device" where the device is lost:
 * open it again and make a new predictor.
 */
export function treePredictor(options: PredictorOptions = {}): TreePredictor {
  return "gpu" in options ? createGpuPredictor(options.gpu) : createCpuPredictor(options);
}
