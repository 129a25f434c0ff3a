import { afterAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { averagePrecision, StoppingRule } from "../../src/numerics/stopping.ts";
import { MatrixBuilder } from "../../src/data/binning.ts";
import { type Lane, ROLE_TRAIN, ROLE_VALIDATION, trainAll } from "../../src/numerics/engine.ts";
import { logLoss } from "../../src/numerics/sigmoid.ts";
import { Stream } from "../../src/numerics/random.ts";
import { PLAIN } from "../cpu/lanes.ts";

const engine = createCpuEngine({ threads: 2 });
afterAll(() => engine.close());

/** A noisy problem that overfits soon: every third row validates. */
function problem(weights: boolean) {
  const rows = 600;
  const stream = new Stream(11, 99);
  const builder = new MatrixBuilder(rows, 64, engine.allocator());
  const signal = Float32Array.from({ length: rows }, () => stream.nextFloat());
  builder.add("signal", signal);
  for (let c = 0; c < 4; c++) {
    builder.add(
      `noise${c}`,
      Float32Array.from({ length: rows }, () => stream.nextFloat()),
    );
  }
  const target = Uint8Array.from(signal, (x) => (stream.nextFloat() < (x > 0.5 ? 0.8 : 0.2) ? 1 : 0));
  const role = Uint8Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? ROLE_VALIDATION : ROLE_TRAIN));
  const weight = weights ? Float32Array.from({ length: rows }, () => 0.25 * (1 + stream.nextInt(4))) : null;
  const lane = (metric: "logloss" | "aucpr", patience: number): Lane => ({
    name: "a lane",
    target,
    role,
    weight,
    baseMargin: 0,
    seed: 3,
    parameters: { ...PLAIN, rounds: 60, maxDepth: 5, earlyStopping: { patience, minDelta: 0, metric } },
  });
  return { matrix: builder.finish(), lane, target, role, weight };
}

describe("early stopping", () => {
  for (const weights of [false, true]) {
    for (const metric of ["logloss", "aucpr"] as const) {
      it(`stops by ${metric}, keeps the best round and its margins${weights ? ", with weights" : ""}`, async () => {
        const { matrix, lane, target, role, weight } = problem(weights);
        const stopping = lane(metric, 5);
        const [result] = await trainAll(engine, matrix, [stopping]);
        const best = result.trees.length;
        expect(best).toBeLessThan(60);
        expect(result.history.length).toBe(best + 5);
        const sign = metric === "logloss" ? 1 : -1;
        const ordered = Array.from(result.history, (value) => sign * value);
        expect(ordered.indexOf(Math.min(...ordered))).toBe(best - 1);
        // The model kept is that of as many rounds without early stopping.
        const plain = {
          ...stopping,
          parameters: { ...stopping.parameters, rounds: best, earlyStopping: null },
        };
        const [short] = await trainAll(engine, matrix, [plain]);
        expect(result.trees).toEqual(short.trees);
        expect(result.margins).toEqual(short.margins);
        // The metric is that of those margins.
        if (metric === "logloss") {
          let sum = 0;
          let total = 0;
          result.margins.forEach((margin, row) => {
            if (role[row] !== ROLE_VALIDATION) return;
            const w = weight ? weight[row] : 1;
            sum += w * logLoss(margin, target[row]) / 2 ** 20;
            total += w;
          });
          expect(result.history[best - 1]).toBeCloseTo(sum / total, 9);
        } else {
          const fixed = weight && Uint32Array.from(weight, (w) => w * 65536);
          expect(result.history[best - 1]).toBe(averagePrecision(result.margins, target, role, fixed));
        }
      });
    }
  }

  it("refuses validation rows it cannot judge by", async () => {
    const { matrix, lane, role } = problem(false);
    const negatives = new Uint8Array(600);
    negatives.fill(1, 1, 3);
    const without = { ...lane("aucpr", 5), target: negatives };
    await expect(trainAll(engine, matrix, [without])).rejects.toThrow(
      /a lane: early stopping by aucpr .* both classes/,
    );
    const weightless = {
      ...lane("logloss", 5),
      weight: Float32Array.from(role, (r) => (r === ROLE_TRAIN ? 1 : 0)),
    };
    await expect(trainAll(engine, matrix, [weightless])).rejects.toThrow(/a lane: early stopping by logloss/);
    const none = { ...lane("logloss", 5), role: new Uint8Array(600).fill(ROLE_TRAIN) };
    await expect(trainAll(engine, matrix, [none])).rejects.toThrow(/validation rows of weight above 0/);
  });

  it("waits for patience rounds, and counts only improvements above the least one", () => {
    const rule = new StoppingRule({ patience: 2, minDelta: 0.1, metric: "logloss" });
    for (const loss of [1, 0.95, 0.85]) rule.add(loss);
    expect([rule.bestRounds, rule.stopped]).toEqual([3, false]);
    rule.add(0.8);
    expect(rule.stopped).toBe(false);
    rule.add(0.76);
    expect([rule.bestRounds, rule.stopped]).toEqual([3, true]);
  });

  it("knows average precision with ties and weights", () => {
    const role = new Uint8Array(5).fill(ROLE_VALIDATION);
    role[4] = ROLE_TRAIN;
    // Margins 3 | 2, 2 | 1 with targets 1 | 0, 1 | 1: 1/3 * 1 + 1/3 * 2/3 + 1/3 * 3/4.
    const margins = Int32Array.of(3, 2, 2, 1, 9);
    expect(averagePrecision(margins, Uint8Array.of(1, 0, 1, 1, 0), role, null)).toBeCloseTo(
      (1 + 2 / 3 + 3 / 4) / 3,
      12,
    );
    expect(averagePrecision(margins, Uint8Array.of(0, 0, 0, 0, 1), role, null)).toBe(0);
    expect(averagePrecision(margins, Uint8Array.of(1, 0, 1, 1, 0), role, Uint32Array.of(2, 1, 2, 2, 1)))
      .toBeCloseTo((1 + 4 / 5 + 6 / 7) / 3, 12);
  });
});
