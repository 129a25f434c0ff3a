/** The memory plan of a GPU for data of some shape, before it is read: every feature is taken to fill a byte and to have all its bins. */
import type { AdapterFacts } from "../gpu/gpu.ts";
import { type GroupPlan, planGroup } from "../gpu/group-plan.ts";
import { type MatrixLayout, TILE_CELLS } from "../numerics/matrix.ts";
import { type AlgorithmParameters, growthOf } from "../trees/algorithms.ts";

/** What is to be trained. */
export interface TrainingShape {
  readonly rows: number;
  readonly features: number;
  /** Models at once: three a fold. */
  readonly lanes: number;
  readonly parameters: AlgorithmParameters;
}

/** Plans it on an adapter; throws an error of kind "memory" or "usage" where it does not fit. */
export function devicePlan(
  { rows, features, lanes, parameters }: TrainingShape,
  { limits, software }: AdapterFacts,
): GroupPlan {
  const bins = Math.min(parameters.maxBin, Math.max(1, rows));
  const layout: MatrixLayout = {
    rows,
    cells: features,
    tiles: Math.ceil(features / TILE_CELLS),
    columns: Array.from({ length: features }, (_, cell) => (
      { name: `f${cell}`, cell, radix: 1, bins, missingBin: -1, cuts: new Float32Array() }
    )),
  };
  // Constraints name features, which take no memory worth counting.
  const free = { ...parameters, monotoneConstraints: null, interactionConstraints: null };
  const growth = growthOf(free, [], rows);
  const maxBinding = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  return planGroup(layout, new Uint32Array(features).fill(bins), lanes, new Array(lanes).fill(growth), {
    maxBinding,
    software,
  });
}
