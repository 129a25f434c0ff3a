/** How often right probabilities are called wrong: over many simulations, as rarely as the intervals promise. */
import { expect, it } from "vitest";
import { analyseCalibration } from "../../src/evaluation/calibration/analyse.ts";
import { createTaskPool } from "../../src/evaluation/workers/pool.ts";
import { knownRows } from "../ensemble/calibration/inputs.ts";
import { evaluated, judgedBy } from "../evaluation/calibration/inputs.ts";

const SIMULATIONS = 300;
/** Three standard errors of a share of 5 % of so many. */
const NOISE = 3 * Math.sqrt(0.05 * 0.95 / SIMULATIONS);

it("raises few alarms at known chances, though rows of a gene are not independent", async () => {
  const pool = createTaskPool({ threads: 1 });
  const alarms = { ranges: 0, ece: 0, reliability: 0, slope: 0 };
  for (let seed = 0; seed < SIMULATIONS; seed++) {
    const { labels, chances, geneStart } = knownRows(5000 + seed, 60, 100, 0.5);
    const { models } = await analyseCalibration(judgedBy(evaluated(labels, chances, geneStart)), {
      ...{ raw: null, prior: null, sampleRows: null, seed, pool, resamples: 500 },
    });
    const { finding, equalMass, brier, slope } = models[0].targets[1];
    alarms.ranges += Number(finding.verdict !== "not distinguishable from calibrated");
    alarms.ece += Number(equalMass.ece.p! <= 0.05);
    alarms.reliability += Number(brier.reliability.p! <= 0.05);
    alarms.slope += Number(slope.low! > 1 || slope.high! < 1);
  }
  for (const [what, count] of Object.entries(alarms)) {
    // 2 % more than promised: 60 genes are few for a bootstrap, and a bin of few genes is skewed.
    expect(count / SIMULATIONS, what).toBeLessThan(0.07 + NOISE);
    expect(count, what).toBeGreaterThan(0);
  }
});
