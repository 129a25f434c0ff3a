import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createCpuEngine, teamSizeFor } from "../../src/cpu/engine.ts";
import { type Lane, type LaneResult, trainAll } from "../../src/numerics/engine.ts";
import type { BinnedMatrix } from "../../src/numerics/matrix.ts";
import { Stream } from "../../src/numerics/random.ts";
import { type Case, cases, lanesOf, matrixOf } from "./lanes.ts";
import { trainReference } from "./reference-trainer.ts";

const engines = [1, 2, 7].map((threads) => createCpuEngine({ threads }));
const [one, two, seven] = engines;
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

/** The third lane of a case, without its mask, with a mask of all columns, and with its own. */
function maskedAlike(c: Case, matrix: BinnedMatrix): Lane[] {
  const { columns, ...plain } = lanesOf(c, matrix)[2];
  return [plain, { ...plain, columns: columns!.map(() => 1) }, { ...plain, columns }];
}

function same(a: LaneResult, b: LaneResult): void {
  expect(a.trees.length).toBe(b.trees.length);
  a.trees.forEach((tree, t) => expect(tree, `tree ${t}`).toEqual(b.trees[t]));
  expect(a.margins).toEqual(b.margins);
}

describe("CPU engine", () => {
  it("grows the reference's trees to the byte", async () => {
    await fc.assert(
      fc.asyncProperty(cases(), async (c) => {
        const matrix = matrixOf(c, one.allocator());
        const lanes = lanesOf(c, matrix);
        const results = await trainAll(one, matrix, lanes);
        results.forEach((result, i) => same(result, trainReference(matrix, lanes[i])));
      }),
      { numRuns: 60 },
    );
  });

  it("grows trees of more than 256 nodes, whose rows go down another way", async () => {
    const c = {
      seed: 8,
      rows: 900,
      columns: 3,
      distinct: 1000,
      missing: 0.1,
      maxBin: 256,
      weights: false,
      parameters: { rounds: 2, maxDepth: 14, minChildWeight: 0, regLambda: 0, gradientBits: 12 },
      monotone: false,
      interactions: false,
    };
    const matrix = matrixOf(c, one.allocator());
    const stream = new Stream(1, 97);
    const lanes = lanesOf(c, matrix).slice(0, 1).map((lane) => ({
      ...lane,
      target: lane.target.map(() => stream.nextInt(2)),
    }));
    const [result] = await trainAll(one, matrix, lanes);
    expect(result.trees[0].column.length).toBeGreaterThan(256);
    same(result, trainReference(matrix, lanes[0]));
  });

  it("grows the same trees with a mask of all columns as without, and never splits on a column left out", async () => {
    await fc.assert(
      fc.asyncProperty(cases(), async (c) => {
        const matrix = matrixOf(c);
        const [plain, full, some] = await trainAll(two, matrix, maskedAlike({ ...c, masks: true }, matrix));
        same(full, plain);
        const { columns } = lanesOf({ ...c, masks: true }, matrix)[2];
        for (const { column } of some.trees) {
          expect([...column].filter((own) => own >= 0 && columns![own] === 0)).toEqual([]);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("refuses a mask of no column, and one of another matrix", async () => {
    const c = fc.sample(cases(), { numRuns: 1, seed: 4 })[0];
    const matrix = matrixOf(c);
    const [lane] = lanesOf(c, matrix);
    const train = (columns: Uint8Array): Promise<unknown> => trainAll(one, matrix, [{ ...lane, columns }]);
    const wide = new Uint8Array(c.columns);
    await expect(train(wide)).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining(`none of the ${c.columns} columns`),
    });
    await expect(train(new Uint8Array(c.columns + 1).fill(1))).rejects.toMatchObject({ kind: "usage" });
    await expect(train(wide.fill(2))).rejects.toThrow("some above 1");
  });

  it("returns the same bytes for 1, 2 and 7 threads, and for a matrix outside its memory", async () => {
    await fc.assert(
      fc.asyncProperty(cases(), async (c) => {
        const matrix = matrixOf(c);
        const lanes = lanesOf(c, matrix);
        const expected = await trainAll(one, matrix, lanes);
        for (const engine of [two, seven]) {
          const results = await trainAll(engine, matrix, lanes);
          results.forEach((result, i) => same(result, expected[i]));
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("teams", () => {
  it("splits threads so that lanes finish soonest", () => {
    expect(teamSizeFor(15, 2)).toBe(1);
    expect(teamSizeFor(3, 2)).toBe(2);
    expect(teamSizeFor(3, 7)).toBe(2);
    expect(teamSizeFor(1, 4)).toBe(4);
  });
});
