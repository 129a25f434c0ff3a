/** One fold's held-out rows, judged with every unit permuted. */
import type { TaskPool } from "../workers/pool.ts";
import type { TreeModel } from "../../trees/tree-model.ts";
import { PURPOSE, Stream } from "../../numerics/random.ts";
import { layerOf, layOut, type Routing, type UnitLayer } from "./routing.ts";
import type { PermutedFold } from "./permutation-tasks.ts";

/** Visits of a row to a tree that make a task of some 50 ms with three repeats. */
const TASK_VISITS = 400_000;
/** Scores to rank that make such a task. */
const TASK_SCORES = 500_000;
/** Scores held at once; units that would need more are done in several passes over the trees. */
const MAX_SCORES = 16_000_000;

export interface FoldInput {
  /** 0-based. */
  readonly fold: number;
  /** Models in class order. */
  readonly models: readonly TreeModel[];
  /** Values of the held-out rows per feature of the models. */
  readonly columns: readonly Float32Array[];
  /** Class code per held-out row. */
  readonly labels: Uint8Array;
  /** Features (indices into the models') that are permuted together, per unit. */
  readonly units: readonly (readonly number[])[];
  readonly repeats: number;
  readonly seed: number;
  readonly pool: TaskPool;
  /** Called with the share of the fold's work that a task was. */
  readonly onWork: (share: number) => void;
}

/** What a fold measured; NaN where undefined. */
export interface FoldLosses {
  readonly logLoss: number;
  readonly macroAp: number;
  /** Increase of log-loss, and decrease of macro average precision, with unit u permuted in repeat r: at r * units + u. */
  readonly logLossIncrease: Float64Array;
  readonly macroApDecrease: Float64Array;
}

/** Permutes every unit, `repeats` times, among the rows of the fold; all units by the same permutations. */
export async function permuteFold(input: FoldInput): Promise<FoldLosses> {
  const { models, columns, labels, units, repeats, fold, seed } = input;
  const rows = labels.length;
  const { routing, bytes } = layOut(models, columns, rows);
  const orders = new Uint32Array(repeats * rows);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    // The last counter is not 0: those streams are for sign flips (statistics/permutation.ts).
    orders.set(new Stream(seed, PURPOSE.permutation, fold, 1 + repeat).shuffle(order), repeat * rows);
  }
  const losses = {
    logLoss: NaN,
    macroAp: NaN,
    logLossIncrease: new Float64Array(repeats * units.length),
    macroApDecrease: new Float64Array(repeats * units.length),
  };
  const perPass = Math.max(1, Math.floor(MAX_SCORES / (2 * rows * repeats)));
  for (let first = 0; first === 0 || first < units.length; first += perPass) {
    const own = units.slice(first, first + perPass);
    const layers = layersOf(routing, own, columns.length);
    const shared = { routing, rows, bytes, orders, repeats, layers, units: own.length, labels };
    const share = Math.min(1, perPass / Math.max(1, units.length));
    const { logLoss, macroAp } = await judge(shared, input.pool, (part) => input.onWork(part * share));
    losses.logLoss = logLoss[0];
    losses.macroAp = macroAp[0];
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (let u = 0; u < own.length; u++) {
        const variant = 1 + repeat * own.length + u;
        const to = repeat * units.length + first + u;
        losses.logLossIncrease[to] = logLoss[variant] - logLoss[0];
        losses.macroApDecrease[to] = macroAp[0] - macroAp[variant];
      }
    }
  }
  return losses;
}

/** Log-loss and macro average precision per variant. */
async function judge(fold: PermutedFold, pool: TaskPool, onWork: (share: number) => void) {
  const { rows, labels, routing } = fold;
  const variants = 1 + fold.repeats * fold.units;
  const trees = Math.max(1, routing.trees.length / 3);
  const size = Math.min(rows, 4096, Math.max(16, Math.floor(TASK_VISITS / trees)));
  const blocks = Array.from({ length: Math.ceil(rows / size) }, (_, b) => ({
    begin: b * size,
    end: Math.min(rows, (b + 1) * size),
  }));
  const logLoss = new Float64Array(variants);
  const donor = new Float32Array(variants * rows);
  const acceptor = new Float32Array(variants * rows);
  const scored = await Promise.all(blocks.map(async (block) => {
    const { lossSums, ...scores } = await pool.run("scorePermuted", block, { shared: fold });
    const count = block.end - block.begin;
    for (let v = 0; v < variants; v++) {
      const [from, to] = [v * count, v * rows + block.begin];
      donor.set(scores.donor.subarray(from, from + count), to);
      acceptor.set(scores.acceptor.subarray(from, from + count), to);
    }
    onWork(0.9 / blocks.length);
    return lossSums;
  }));
  pool.forget(fold);
  // In the order of the rows, whatever was done first.
  for (const sums of scored) sums.forEach((sum, v) => logLoss[v] += sum / rows);
  const variantsATask = Math.max(1, Math.floor(TASK_SCORES / rows));
  const shared = { labels };
  const ranked = await Promise.all(
    Array.from({ length: Math.ceil(variants / variantsATask) }, async (_, task) => {
      const from = task * variantsATask * rows;
      const to = from + variantsATask * rows;
      const payload = { donor: donor.slice(from, to), acceptor: acceptor.slice(from, to) };
      const macroAp = await pool.run("rankPermuted", payload, {
        shared,
        transfer: [payload.donor.buffer, payload.acceptor.buffer],
      });
      onWork(0.1 * macroAp.length / variants);
      return macroAp;
    }),
  );
  pool.forget(shared);
  return { logLoss, macroAp: Float64Array.from(ranked.flatMap((part) => Array.from(part))) };
}

/** Units spread over layers so that no two of a layer share a feature. */
function layersOf(
  routing: Routing,
  units: readonly (readonly number[])[],
  features: number,
): UnitLayer[] {
  const layers: Int32Array[] = [];
  units.forEach((members, unit) => {
    let layer = layers.find((taken) => members.every((feature) => taken[feature] < 0));
    if (!layer) layers.push(layer = new Int32Array(features).fill(-1));
    for (const feature of members) layer[feature] = unit;
  });
  return layers.map((unitOfFeature) => layerOf(routing, unitOfFeature));
}
