/** Sums over genes under the weightings of a bootstrap. */
import { type BootstrapPlan, geneWeights, weightingRanges } from "../bootstrap.ts";
import type { TaskPool } from "../workers/pool.ts";

/** Numbers a gene, (genes, width) row-major. */
export interface GeneSums {
  readonly sums: Float64Array;
  readonly width: number;
}

/** Weightings from .. to - 1 of a plan. */
export interface WeightingTask {
  readonly plan: BootstrapPlan;
  readonly from: number;
  readonly to: number;
}

/** Multiplications and additions a task: some 50 ms. */
const TASK_OPERATIONS = 3e7;

/** (to - from, width) row-major: the sums over genes, each gene counted as often as the weighting says. */
export function weightedSums({ plan, from, to }: WeightingTask, { sums, width }: GeneSums): Float64Array {
  const totals = new Float64Array((to - from) * width);
  for (let weighting = from; weighting < to; weighting++) {
    const weights = geneWeights(plan, weighting);
    const total = totals.subarray((weighting - from) * width, (weighting - from + 1) * width);
    for (let gene = 0; gene < weights.length; gene++) {
      const weight = weights[gene];
      if (weight === 0) continue;
      const at = gene * width;
      for (let i = 0; i < width; i++) total[i] += weight * sums[at + i];
    }
  }
  return totals;
}

/** The sums under every weighting of the plan, (weightings, width) row-major. */
export async function resampleSums(
  plan: BootstrapPlan,
  genes: GeneSums,
  pool: TaskPool,
): Promise<Float64Array> {
  const size = Math.max(1, Math.floor(TASK_OPERATIONS / Math.max(1, genes.sums.length)));
  const tasks = weightingRanges(plan, size).map((range) => ({ plan, ...range }));
  const parts = await pool.map("calibrationResamples", tasks, genes);
  pool.forget(genes);
  const totals = new Float64Array(plan.weightings * genes.width);
  parts.forEach((part, i) => totals.set(part, tasks[i].from * genes.width));
  return totals;
}
