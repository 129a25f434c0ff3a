/** Random lanes for the WebGPU engine: those of the CPU engine's tests, and what only whole trainings have. */
import fc from "fast-check";
import { expect } from "vitest";
import { cellFacts, cellTable } from "../../src/gpu/cell-table.ts";
import type { GpuEngine } from "../../src/gpu/engine.ts";
import { planGroup } from "../../src/gpu/group-plan.ts";
import {
  type EarlyStopping,
  type Engine,
  type Lane,
  type LaneResult,
  ROLE_TRAIN,
  ROLE_VALIDATION,
  trainAll,
} from "../../src/numerics/engine.ts";
import { type BinnedColumn, type BinnedMatrix, TILE_CELLS } from "../../src/numerics/matrix.ts";
import type { SpliceboostError } from "../../src/numerics/errors.ts";
import { Stream } from "../../src/numerics/random.ts";
import { SIGMOID_TABLE, SOFTPLUS_TABLE } from "../../src/numerics/sigmoid.ts";
import { type Case, cases, lanesOf } from "../cpu/lanes.ts";

/** A case whose lanes differ from each other. */
export interface WideCase extends Case {
  readonly lanes: number;
  /** Lane k has k rounds more than the first. */
  readonly unequal: boolean;
  /** Weight of rows of class 1, times their own. */
  readonly positiveWeight: number;
  /** Interaction constraints without a group: a path may only repeat its columns. */
  readonly noGroups: boolean;
  readonly stopping: EarlyStopping | null;
  /** Lanes 1, 3, ... go on from half of their trees. */
  readonly resumed: boolean;
}

/** Random cases. */
export function wideCases(): fc.Arbitrary<WideCase> {
  const more = fc.record({
    moreRows: fc.constantFrom(0, 0, 0, 0, 700, 2500),
    // Several tiles of wide columns.
    wide: fc.constantFrom(false, false, false, false, true),
    lanes: fc.integer({ min: 1, max: 5 }),
    unequal: fc.boolean(),
    positiveWeight: fc.constantFrom(1, 1, 40),
    noGroups: fc.constantFrom(false, false, true),
    stopping: fc.option(
      fc.record({
        patience: fc.constantFrom(1, 2),
        minDelta: fc.constantFrom(0, 0.01),
        metric: fc.constantFrom("logloss" as const, "aucpr" as const),
      }),
      { nil: null },
    ),
    resumed: fc.boolean(),
  });
  return fc.tuple(cases(), more).map((
    [c, { moreRows, wide, ...extra }],
  ) => ({
    ...c,
    rows: c.rows + moreRows,
    ...(wide && { columns: c.columns + 40, distinct: 1000, maxBin: 256 }),
    ...extra,
  }));
}

/** The lanes of a case over its matrix; none resumed. */
export function wideLanes(c: WideCase, matrix: BinnedMatrix): Lane[] {
  const stream = new Stream(c.seed, 96);
  return lanesOf(c, matrix, c.lanes).map((lane, k) => {
    const { rounds, interactions } = lane.parameters;
    const { role, target } = lane;
    const weight = c.positiveWeight === 1 ? lane.weight : lane.weight ?? new Float32Array(c.rows).fill(1);
    weight?.forEach((own, row) => weight[row] = own * (target[row] === 1 ? c.positiveWeight : 1));
    if (c.stopping) {
      role.forEach((own, row) => {
        if (own === ROLE_TRAIN && stream.nextInt(4) === 0) role[row] = ROLE_VALIDATION;
      });
      // A row of each class, so that most cases have what the metric needs.
      for (let row = 0; row < 2 && c.rows > 2; row++) {
        [role[row], target[row]] = [ROLE_VALIDATION, row];
        if (weight) weight[row] = 1;
      }
    }
    return {
      ...lane,
      weight,
      parameters: {
        ...lane.parameters,
        rounds: rounds + (c.unequal ? k : 0),
        interactions: c.noGroups ? [] : interactions,
        earlyStopping: c.stopping,
      },
    };
  });
}

/** The lanes as an interrupted training left them: every other one with half of the trees that it comes to. */
export function resumedLanes(lanes: readonly Lane[], results: readonly LaneResult[]): Lane[] {
  return lanes.map((lane, l) => {
    const { trees } = results[l];
    return l % 2 === 1 ? { ...lane, resume: trees.slice(0, Math.ceil(trees.length / 2)) } : lane;
  });
}

/** A matrix with a column a cell, of so many bins each: the builder packs small ones together, so it makes few cells of few bins. */
export function loosePacked(rows: number, binsOf: (cell: number) => number, cells: number): BinnedMatrix {
  const tiles = Array.from(
    { length: Math.ceil(cells / TILE_CELLS) },
    () => new Uint8Array(rows * TILE_CELLS),
  );
  const columns = Array.from({ length: cells }, (_, cell): BinnedColumn => {
    const bins = binsOf(cell);
    for (let row = 0; row < rows; row++) {
      const draw = Math.imul(row * 64 + cell + 1, 0x9e3779b1) >>> 16;
      tiles[Math.floor(cell / TILE_CELLS)][row * TILE_CELLS + cell % TILE_CELLS] = draw % bins;
    }
    const cuts = Float32Array.from({ length: bins - 1 }, (_, i) => i + 0.5);
    return { name: `f${cell}`, cell, radix: 1, bins, missingBin: -1, cuts };
  });
  return { layout: { rows, cells, tiles: tiles.length, columns }, tiles };
}

/** What the engine makes of the lanes: their results, or the message of its refusal. */
export async function outcome(
  engine: Engine,
  matrix: BinnedMatrix,
  lanes: readonly Lane[],
): Promise<LaneResult[] | string> {
  try {
    return await trainAll(engine, matrix, lanes);
  } catch (error) {
    return (error as Error).message;
  }
}

/** The first place where two results differ, or "". */
export function difference(expected: readonly LaneResult[], found: readonly LaneResult[]): string {
  for (const [l, want] of expected.entries()) {
    const got = found[l];
    const parts: [string, ArrayLike<number>, ArrayLike<number>][] = [
      ["margins", want.margins, got.margins],
      ["history", want.history, got.history],
    ];
    if (want.trees.length !== got.trees.length) {
      return `lane ${l}: expected ${want.trees.length} trees, found ${got.trees.length}`;
    }
    want.trees.forEach((tree, t) => {
      for (const [name, values] of Object.entries(tree)) {
        parts.unshift([`tree ${t}, ${name}`, values, got.trees[t][name as keyof typeof tree]]);
      }
    });
    for (const [name, a, b] of parts) {
      for (let i = 0; i < Math.max(a.length, b.length); i++) {
        if (!Object.is(a[i], b[i])) return `lane ${l}, ${name}[${i}]: expected ${a[i]}, found ${b[i]}`;
      }
    }
  }
  return "";
}

/** Trains the lanes on both engines; with `resumed`, on the GPU some go on from half of their trees. */
export async function expectSameBytes(
  cpu: Engine,
  gpu: GpuEngine,
  matrix: BinnedMatrix,
  lanes: readonly Lane[],
  resumed: boolean = false,
): Promise<void> {
  const expected = await outcome(cpu, matrix, lanes);
  const goOn = resumed && typeof expected !== "string";
  const found = await outcome(gpu, matrix, goOn ? resumedLanes(lanes, expected) : lanes);
  if (typeof expected === "string" || typeof found === "string") expect(found).toEqual(expected);
  else expect(difference(expected, found)).toBe("");
  expect(gpu.gpu.counters.allocatedBytes).toBe(0);
}

/** Trains as if no binding of the device could hold more than so many bytes. */
export async function withBindings(
  { gpu }: GpuEngine,
  maxBinding: number,
  train: () => Promise<void>,
): Promise<void> {
  const most = gpu.maxBinding;
  Object.assign(gpu, { maxBinding });
  try {
    await train();
  } finally {
    Object.assign(gpu, { maxBinding: most });
  }
}

/** A case less deep: where few histograms are kept, a level of many nodes takes software adapters minutes. */
export function lessDeep(c: WideCase): WideCase {
  return { ...c, parameters: { ...c.parameters, maxDepth: Math.min(5, c.parameters.maxDepth ?? 5) } };
}

/** About the smallest bindings in which these lanes can be trained, bytes. Tables are bound whole. */
export function smallestBinding(matrix: BinnedMatrix, lanes: readonly Lane[]): number {
  const { layout } = matrix;
  const facts = cellFacts(matrix);
  const growth = lanes.map(({ parameters }) => parameters);
  const table = cellTable(layout, facts, new Uint32Array(layout.cells));
  let most = Math.max(table.byteLength, SIGMOID_TABLE.byteLength + SOFTPLUS_TABLE.byteLength);
  for (;; most *= 1.5) {
    try {
      planGroup(layout, facts.bins, lanes.length, growth, { maxBinding: most, software: true });
      return most;
    } catch (error) {
      if ((error as SpliceboostError).kind !== "memory") throw error;
    }
  }
}
