/** Whole trainings on the device against the CPU engine. */
import { createCpuEngine } from "../cpu/engine.ts";
import { type LaneResult, trainAll } from "../numerics/engine.ts";
import type { Gpu } from "./gpu.ts";
import { caseLanes, caseMatrix, type VerifyCase } from "./verify-data.ts";
import { openCase } from "./verify-rounds.ts";

/** Trains a case on both; returns the first difference between trees or margins, or null. */
export async function verifyTraining(gpu: Gpu, c: VerifyCase): Promise<string | null> {
  const matrix = caseMatrix(c);
  const cpu = createCpuEngine({ threads: 1 });
  try {
    const expected = await trainAll(cpu, matrix, caseLanes(c, matrix));
    const group = await openCase(gpu, c, matrix);
    try {
      await group.boost(() => false, () => {});
      const found = await group.results();
      return found.map((result, l) => resultDifference(expected[l], result, `lane ${l}`)).find((d) =>
        d !== null
      ) ?? null;
    } finally {
      group.destroy();
    }
  } finally {
    await cpu.close();
  }
}

/** Where two results of a lane first differ, or null. */
function resultDifference(expected: LaneResult, found: LaneResult, lane: string): string | null {
  if (expected.trees.length !== found.trees.length) {
    return `${lane}: expected ${expected.trees.length} trees, found ${found.trees.length}`;
  }
  for (const [t, tree] of expected.trees.entries()) {
    for (const field of Object.keys(tree) as (keyof typeof tree)[]) {
      const difference = arrayDifference(tree[field], found.trees[t][field]);
      if (difference) return `${lane}, tree ${t}, ${field} of node ${difference}`;
    }
  }
  const difference = arrayDifference(expected.margins, found.margins);
  return difference && `${lane}, margin of row ${difference}`;
}

function arrayDifference(expected: ArrayLike<number>, found: ArrayLike<number>): string | null {
  for (let i = 0; i < Math.max(expected.length, found.length); i++) {
    if (!Object.is(expected[i], found[i])) return `${i}: expected ${expected[i]}, found ${found[i]}`;
  }
  return null;
}
