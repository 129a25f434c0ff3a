import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  analyseCalibration,
  type CalibrationOptions,
  quickOverconfidenceCheck,
} from "../../../src/evaluation/calibration/analyse.ts";
import { modelMetrics } from "../../../src/evaluation/metrics.ts";
import { createTaskPool } from "../../../src/evaluation/workers/pool.ts";
import { type KnownRows, knownRows } from "../../ensemble/calibration/inputs.ts";
import { evaluated, judgedBy, numbersIn } from "./inputs.ts";

const pool = createTaskPool({ threads: 1 });
const options: CalibrationOptions = {
  raw: null,
  prior: null,
  sampleRows: null,
  seed: 3,
  pool,
  resamples: 300,
};

/** The known chances, made surer (factor above 1) or less sure than they are. */
function distorted({ margins, labels, geneStart }: KnownRows, factor: number) {
  return evaluated(labels, margins.map((margin) => 1 / (1 + Math.exp(-factor * margin))), geneStart);
}

describe("analysis of calibration", () => {
  const known = knownRows(21, 120, 150);
  const right = evaluated(known.labels, known.chances, known.geneStart);

  it("finds known chances as far from calibrated as sampling makes them", async () => {
    // An alarm in 20 is promised; test/slow/calibration.test.ts counts them over many simulations.
    let alarms = 0;
    for (const seed of [31, 32, 33, 34]) {
      const { labels, chances, geneStart } = knownRows(seed, 60, 150);
      const { models } = await analyseCalibration(judgedBy(evaluated(labels, chances, geneStart)), options);
      expect(models.map(({ model }) => model)).toEqual(["raw"]);
      for (const { finding, slope, equalMass, equalWidth, brier } of models[0].targets.slice(0, 3)) {
        alarms += Number(finding.verdict !== "not distinguishable from calibrated");
        expect(Math.abs(slope.value! - 1)).toBeLessThan(0.15);
        for (const error of [equalMass.ece, equalWidth.ece, brier.reliability]) {
          expect(error.p).toBeGreaterThan(0.004);
          expect(error.value).toBeLessThan(3 * error.byChance!);
        }
      }
    }
    expect(alarms).toBeLessThanOrEqual(3);
  });

  it("says that chances made surer are over-confident, and the other way round", async () => {
    const pairs = [[2, "over-confident", true], [0.5, "under-confident", false]] as const;
    for (const [factor, verdict, tooSure] of pairs) {
      const rows = distorted(known, factor);
      const { models: [{ targets }] } = await analyseCalibration(judgedBy(rows), options);
      // Three sigmoids of one margin each: dividing by their sum leaves donors and acceptors clearly too sure or unsure.
      for (const { finding, slope, equalMass } of targets) {
        expect(finding.verdict, `${finding.target} times ${factor}`).toBe(verdict);
        expect(finding.sentences[0]).toContain(verdict);
        expect(finding.sentences.some((text) => text.includes(tooSure ? "too sure" : "too unsure"))).toBe(
          true,
        );
        if (tooSure) expect(slope.high).toBeLessThan(1);
        else expect(slope.low).toBeGreaterThan(1);
        expect(equalMass.ece.p).toBeLessThan(0.01);
        expect(equalMass.ece.low).toBeGreaterThan(0);
      }
    }
  });

  it("measures losses as the metrics of a run do, and splits the Brier score without rest", async () => {
    const rows = distorted(known, 1.5);
    const { models: [model] } = await analyseCalibration(judgedBy(rows), { ...options, resamples: 20 });
    const metrics = modelMetrics(rows, 0.5);
    expect(model.logLoss.value).toBeCloseTo(metrics.logLoss, 12);
    expect(model.brier.value).toBeCloseTo(metrics.brier, 12);
    for (const { brier, share, equalMass } of model.targets) {
      const { reliability, resolution, uncertainty, withinBins } = brier;
      expect(brier.brier.value).toBeCloseTo(
        reliability.value! - resolution.value! + uncertainty.value! + withinBins.value!,
        14,
      );
      expect(uncertainty.value).toBeCloseTo(share! * (1 - share!), 14);
      const byHand = equalMass.bins.reduce(
        (sum, bin) => sum + bin.share * (bin.predicted - bin.observed.value!) ** 2,
        0,
      );
      expect(reliability.value).toBeCloseTo(byHand, 14);
    }
  });

  it("sets calibrated beside raw and base, with the change on the same resamples", async () => {
    const raw = distorted(known, 2);
    const analysis = await analyseCalibration(judgedBy(right, distorted(known, 3)), { ...options, raw });
    expect(analysis.models.map(({ model }) => model)).toEqual(["base", "raw", "calibrated"]);
    expect(analysis.models[1].targets[3].finding.sentences[0]).toContain("before calibration");
    const [three, ...targets] = analysis.changes!;
    expect(three.target).toBeNull();
    expect(targets.map(({ target }) => target)).toEqual(["neither", "donor", "acceptor", "splice"]);
    expect(three.logLoss.value).toBeCloseTo(
      analysis.models[2].logLoss.value! - analysis.models[1].logLoss.value!,
      12,
    );
    for (const { logLoss, brier } of analysis.changes!) {
      expect(logLoss.high).toBeLessThan(0);
      expect(brier.high).toBeLessThan(0);
    }
  });

  it("does not depend on threads, and is JSON", async () => {
    const rows = knownRows(5, 8, 30);
    const judged = judgedBy(evaluated(rows.labels, rows.chances, rows.geneStart));
    const alone = await analyseCalibration(judged, options);
    const threads = createTaskPool({ threads: 2 });
    expect(await analyseCalibration(judged, { ...options, pool: threads })).toEqual(alone);
    threads.close();
    expect(JSON.parse(JSON.stringify(alone))).toEqual(alone);
  });

  it("weights rows to a prior", async () => {
    const weighted = await analyseCalibration(judgedBy(right), {
      ...options,
      resamples: 20,
      prior: { neither: 0.98, donor: 0.01, acceptor: 0.01 },
    });
    expect(weighted.weighting!.target.donor).toBe(0.01);
    expect(weighted.models[0].targets.map(({ share }) => Number(share!.toFixed(12)))).toEqual([
      0.98,
      0.01,
      0.01,
      0.02,
    ]);
    expect(weighted.notes.join()).toContain("no weight undoes that");
  });

  it("draws whole genes for a sample, and says so", async () => {
    const sampled = await analyseCalibration(judgedBy(right), {
      ...options,
      resamples: 20,
      sampleRows: 1000,
    });
    expect(sampled.genes).toBe(7);
    expect(sampled.rows).toBe(7 * 150);
    expect(sampled.sampledFrom).toEqual({ rows: 120 * 150, genes: 120 });
    expect(sampled.notes.join()).toContain("7 of 120 genes");
  });

  it("checks the splice probability as the whole analysis does, but for the slope", async () => {
    const judged = judgedBy(distorted(known, 2));
    const quick = await quickOverconfidenceCheck(judged, options);
    const whole = (await analyseCalibration(judged, options)).models[0].targets[3].finding;
    expect({ ...quick, sentences: [] }).toEqual({ ...whole, sentences: [] });
    expect(quick.sentences).toEqual(whole.sentences.slice(0, -1));
  });

  it("makes of any rows finite numbers or null", async () => {
    const row = fc.record({
      label: fc.integer({ min: 0, max: 2 }),
      p: fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(0, 0.25, 0.5, 1, 1 / 3))),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        async (genes) => {
          const rows = genes.flat();
          const geneStart = new Uint32Array(genes.length + 1);
          genes.forEach((gene, g) => geneStart[g + 1] = geneStart[g] + gene.length);
          const labels = Uint8Array.from(rows, ({ label }) => label);
          const judged = judgedBy(evaluated(labels, rows.flatMap(({ p }) => p), geneStart));
          const analysis = await analyseCalibration(judged, { ...options, raw: judged.meta, resamples: 25 });
          expect(numbersIn(analysis).every(Number.isFinite)).toBe(true);
          expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
          for (const { targets } of analysis.models) {
            for (const { equalMass, equalWidth, finding } of targets) {
              for (const { bins } of [equalMass, equalWidth, { bins: finding.ranges }]) {
                expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(rows.length);
              }
              if (genes.length < 5) {
                expect(finding.verdict).toBe("cannot be judged");
                expect(equalMass.ece.low).toBeNull();
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says of too few genes and of a class without rows what cannot be said", async () => {
    const { chances, labels, geneStart } = knownRows(2, 12, 40);
    const noDonors = labels.map((label) => (label === 1 ? 0 : label));
    const { models: [model] } = await analyseCalibration(
      judgedBy(evaluated(noDonors, chances, geneStart)),
      options,
    );
    const donor = model.targets[1];
    expect(donor).toMatchObject({
      positives: 0,
      share: 0,
      slope: { value: null },
      intercept: { value: null },
    });
    expect(donor.finding.verdict).toBe("cannot be judged");
    expect(donor.finding.sentences[1]).toMatch(
      /cannot be judged: only 0 genes of \d+ rows have donors there/,
    );
    // None of so many genes: no resample has one, but the next gene might.
    expect(donor.equalMass.bins[0].observed).toMatchObject({ value: 0, low: 0 });
    expect(donor.equalMass.bins[0].observed.high).toBeGreaterThan(0.2);
  });

  it("refuses bins and priors that are none", async () => {
    const judged = judgedBy(right);
    await expect(analyseCalibration(judged, { ...options, bins: 1 })).rejects.toThrow(/whole number of bins/);
    const prior = { neither: 1, donor: 0, acceptor: 0 };
    await expect(analyseCalibration(judged, { ...options, prior })).rejects.toThrow(/above 0 for donor/);
  });
});
