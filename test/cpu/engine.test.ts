import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createCpuEngine, teamSizeFor } from "../../src/cpu/engine.ts";
import { type LaneResult, trainAll } from "../../src/numerics/engine.ts";
import { Stream } from "../../src/numerics/random.ts";
import { cases, lanesOf, matrixOf } from "./lanes.ts";
import { trainReference } from "./reference-trainer.ts";

const engines = [1, 2, 7].map((threads) => createCpuEngine({ threads }));
const [one, two, seven] = engines;
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

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
