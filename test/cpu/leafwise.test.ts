import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { MatrixBuilder } from "../../src/data/binning.ts";
import { type LaneResult, type LeafwiseGrowth, trainAll, type Tree } from "../../src/numerics/engine.ts";
import { checkLane } from "../../src/numerics/check-lane.ts";
import { leafwiseCases } from "./leafwise-cases.ts";
import { type Case, lanesOf, matrixOf, PLAIN } from "./lanes.ts";
import { trainReference } from "./reference-trainer.ts";

const engines = [1, 2, 7].map((threads) => createCpuEngine({ threads }));
const [one, two, seven] = engines;
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

function same(a: LaneResult, b: LaneResult): void {
  expect(a.trees.length).toBe(b.trees.length);
  a.trees.forEach((tree, t) => expect(tree, `tree ${t}`).toEqual(b.trees[t]));
  expect(a.margins).toEqual(b.margins);
}

const LEAFWISE: LeafwiseGrowth = { maxLeaves: 31, minDataInLeaf: 1, extraTrees: false, sampling: null };

/** A case with many rows and one change of its growth. */
function caseWith(leafwise: Partial<LeafwiseGrowth>, parameters: Case["parameters"] = {}): Case {
  return {
    seed: 5,
    rows: 2000,
    columns: 12,
    distinct: 1000,
    missing: 0.1,
    maxBin: 256,
    weights: false,
    parameters: { rounds: 4, maxDepth: 300, ...parameters, leafwise: { ...LEAFWISE, ...leafwise } },
    monotone: false,
    interactions: false,
  };
}

async function treesOf(c: Case): Promise<Tree[]> {
  const matrix = matrixOf(c);
  const [result] = await trainAll(two, matrix, lanesOf(c, matrix, 1));
  return result.trees;
}

const leavesOf = ({ left }: Tree): number => left.filter((child) => child < 0).length;

describe("leaf-wise growth", () => {
  it("grows the reference's trees to the byte, which splits one leaf at a time", async () => {
    await fc.assert(
      fc.asyncProperty(leafwiseCases(), async (c) => {
        const matrix = matrixOf(c, one.allocator());
        const lanes = lanesOf(c, matrix);
        const results = await trainAll(one, matrix, lanes);
        results.forEach((result, i) => same(result, trainReference(matrix, lanes[i])));
      }),
      { numRuns: 80 },
    );
  });

  it("returns the same bytes for 1, 2 and 7 threads", async () => {
    await fc.assert(
      fc.asyncProperty(leafwiseCases(), async (c) => {
        const matrix = matrixOf(c);
        const lanes = lanesOf(c, matrix);
        const expected = await trainAll(one, matrix, lanes);
        for (const engine of [two, seven]) {
          const results = await trainAll(engine, matrix, lanes);
          results.forEach((result, i) => same(result, expected[i]));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("fills the leaves it may have, the highest gains first", async () => {
    const few = await treesOf(caseWith({ maxLeaves: 5 }, { rounds: 1 }));
    const many = await treesOf(caseWith({ maxLeaves: 9 }, { rounds: 1 }));
    expect([few, many].map(([tree]) => leavesOf(tree))).toEqual([5, 9]);
    // The tree of five leaves is the beginning of the one of nine.
    for (const gain of few[0].gain) if (gain > 0) expect([...many[0].gain]).toContain(gain);
    const [stump] = await treesOf(caseWith({ maxLeaves: 2 }));
    expect(leavesOf(stump)).toBe(2);
  });

  it("splits the leaf made first where two gain the same", async () => {
    // Two halves, told apart by `a`, that mirror each other: gradients of the first round are exact on the grid.
    const rows = Array.from(
      { length: 80 },
      (_, row) => ({ a: row < 40 ? 0 : 1, b: row % 2, odd: row % 4 < 2 }),
    );
    const builder = new MatrixBuilder(rows.length, 256);
    builder.add("a", Float32Array.from(rows, ({ a }) => a));
    builder.add("b", Float32Array.from(rows, ({ b }) => b));
    const matrix = builder.finish();
    const target = Uint8Array.from(rows, ({ a, b, odd }) => (a === b ? a : odd ? 1 : 0));
    const parameters = { ...PLAIN, rounds: 1, maxDepth: 30, leafwise: { ...LEAFWISE, maxLeaves: 3 } };
    const lane = {
      name: "tie",
      target,
      role: target.map(() => 1),
      weight: null,
      baseMargin: 0,
      seed: 1,
      parameters,
    };
    const [{ trees: [tree] }] = await trainAll(two, matrix, [lane]);
    expect([...tree.column]).toEqual([0, 1, -1, -1, -1]);
    const full = { ...parameters, leafwise: LEAFWISE };
    const [{ trees: [four] }] = await trainAll(two, matrix, [{ ...lane, parameters: full }]);
    expect(four.gain[1]).toBe(four.gain[2]);
    expect(four.gain[1]).toBeGreaterThan(1);
  });

  it("trains depthwise lanes beside leaf-wise ones, and goes on from resumed trees", async () => {
    const c = caseWith({ sampling: { kind: "goss", topRate: 0.2, otherRate: 0.1 } }, { rounds: 6 });
    const matrix = matrixOf({ ...c, rows: 400 });
    const lanes = lanesOf({ ...c, rows: 400 }, matrix).map((lane, i) => {
      const { leafwise, ...parameters } = lane.parameters;
      return { ...lane, parameters: i === 0 ? { ...parameters, maxDepth: 4 } : { ...parameters, leafwise } };
    });
    const expected = await trainAll(one, matrix, lanes);
    same(expected[0], trainReference(matrix, lanes[0]));
    const resumed = lanes.map((lane, i) => ({ ...lane, resume: expected[i].trees.slice(0, 4) }));
    const results = await trainAll(seven, matrix, resumed);
    results.forEach((result, i) => same(result, expected[i]));
  });

  it("counts rows of a leaf, those without a gradient on the grid included", async () => {
    const c = caseWith({ minDataInLeaf: 200, maxLeaves: 200 }, { rounds: 1, gradientBits: 14 });
    const [tree] = await treesOf(c);
    // All rows have the same hessian in the first round.
    const perRow = tree.cover[0] / 1800;
    for (const [node, child] of tree.left.entries()) {
      if (child < 0) expect(tree.cover[node]).toBeGreaterThan(190 * perRow);
    }
    expect(leavesOf(tree)).toBeGreaterThan(3);
  });

  it("is refused by an engine that has it not, before any work", () => {
    const c = caseWith({});
    const matrix = matrixOf(c);
    const refused = (): unknown => checkLane(lanesOf(c, matrix)[0], matrix.layout);
    expect(refused).toThrow(/lane 0: .*leaf-wise growth.*--device cpu/);
    expect(refused).toThrow(expect.objectContaining({ kind: "device" }));
  });
});
