/** Measures weightings and swaps in the pool's threads. */
import { type BootstrapPlan, weightingRanges } from "../bootstrap.ts";
import type { TaskPool } from "../workers/pool.ts";
import type { Measured } from "./estimates.ts";
import { entriesOf, type PairedTables } from "./tables.ts";

/** Entries that a task passes over: some 50 ms. */
const ENTRIES_PER_TASK = 1.5e7;

/** Numbers under all weightings of a plan. */
export async function measurePlan(
  pool: TaskPool,
  plan: BootstrapPlan,
  tables: PairedTables,
): Promise<Measured> {
  const ranges = weightingRanges(plan, perTask(tables)).map((range) => ({ plan, ...range }));
  return { plan, numbers: joined(await pool.map("compareWeightings", ranges, tables)) };
}

/** Differences under so many swaps of the models' predictions of whole genes. */
export async function measurePermutations(
  pool: TaskPool,
  seed: number,
  permutations: number,
  tables: PairedTables,
): Promise<Float64Array> {
  const size = perTask(tables);
  const ranges = Array.from({ length: Math.ceil(permutations / size) }, (_, i) => ({
    seed,
    from: i * size,
    to: Math.min(permutations, (i + 1) * size),
  }));
  return joined(await pool.map("compareSwaps", ranges, tables));
}

function perTask(tables: PairedTables): number {
  return Math.max(1, Math.floor(ENTRIES_PER_TASK / (entriesOf(tables) + 100 * tables.genes)));
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
