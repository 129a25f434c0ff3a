/**
 * Whether a run whose labels were permuted fell to chance. It must: what such a run still finds comes from the making of folds or of metrics. (A
 * leak among the features does not show here: permuting the labels breaks it.)
 */
import type { Estimate, JudgedRows } from "../analysis.ts";
import { bcaEstimate, type BootstrapPlan, planBootstrap, weightingRanges } from "../bootstrap.ts";
import { rankUnits, type UnitRanking } from "../comparison/weighted-ranking.ts";
import { ACCEPTOR, DONOR, NEITHER } from "../ranking.ts";
import type { TaskPool } from "../workers/pool.ts";
import { CLASSES } from "./gene-labels.ts";
import type { ClassName, PerClass, ShuffledClass, ShuffledLabels } from "./types.ts";

/** Whether 0.5 lies within an interval needs no fine one. */
const RESAMPLES = 500;
/** Entries that a task passes over: some 50 ms. */
const ENTRIES_PER_TASK = 1.5e7;

export interface ShuffledOptions {
  readonly seed: number;
  readonly pool: TaskPool;
}

/**
 * Judges the held-out predictions of a run by the permuted labels it was trained on. An AUC below 0.5 is no sign of a leak: held-out
 * genes have fewer of what their models saw more of.
 */
export async function judgeShuffledLabels(
  { meta }: JudgedRows,
  { seed, pool }: ShuffledOptions,
): Promise<ShuffledLabels> {
  const { labels, geneStart } = meta;
  const genes = geneStart.length - 1;
  const unitOfRow = new Uint32Array(labels.length);
  for (let gene = 0; gene < genes; gene++) unitOfRow.fill(gene, geneStart[gene], geneStart[gene + 1]);
  const plan = planBootstrap(seed, genes, RESAMPLES);
  const of = { neither: NEITHER, donor: DONOR, acceptor: ACCEPTOR };
  const rankings = CLASSES.map((name) =>
    rankUnits([{ scores: meta[name], labels, unitOfRow }], of[name], genes)
  );
  const numbers = await measure(pool, plan, rankings);
  const column = (at: number): Estimate =>
    bcaEstimate(plan, Float64Array.from({ length: plan.weightings }, (_, w) => numbers[6 * w + at]));
  const classes = Object.fromEntries(CLASSES.map((name, c): [ClassName, ShuffledClass] => {
    const rows = labels.reduce((sum, label) => sum + (label === c ? 1 : 0), 0);
    const prevalence = labels.length === 0 ? null : rows / labels.length;
    return [name, { auc: column(2 * c), ap: column(2 * c + 1), prevalence }];
  })) as unknown as PerClass<ShuffledClass>;
  return { classes, ...conclude(classes) };
}

async function measure(
  pool: TaskPool,
  plan: BootstrapPlan,
  rankings: readonly UnitRanking[],
): Promise<Float64Array> {
  const entries = rankings.reduce((sum, { unit }) => sum + unit.length, 0);
  const ranges = weightingRanges(plan, Math.max(1, Math.floor(ENTRIES_PER_TASK / Math.max(1, entries))));
  const parts = await pool.map(
    "shuffledLabels",
    ranges.map((range) => ({ plan, ...range })),
    rankings,
  );
  pool.forget(rankings);
  const all = new Float64Array(6 * plan.weightings);
  parts.forEach((part, i) => all.set(part, 6 * ranges[i].from));
  return all;
}

function conclude(classes: PerClass<ShuffledClass>): Pick<ShuffledLabels, "atChance" | "sentence"> {
  const judged = CLASSES.filter((name) => classes[name].auc.low !== null);
  if (judged.length === 0) {
    return {
      atChance: null,
      sentence: "Labels were permuted, but no class has an AUC with an interval over genes to judge by.",
    };
  }
  const text = (name: ClassName): string => {
    const { auc: { value, low, high }, ap, prevalence } = classes[name];
    return `${name} AUC ${fixed(value)} (${fixed(low)} to ${fixed(high)}), AP ${fixed(ap.value)} against ${
      fixed(prevalence)
    } by guessing`;
  };
  const above = judged.filter((name) => classes[name].auc.low! > 0.5);
  const numbers = judged.map(text).join("; ");
  if (above.length === 0) {
    return { atChance: true, sentence: `With permuted labels the run falls to chance: ${numbers}.` };
  }
  const chance = above.length === 1
    ? " One interval in forty lies above 0.5 by chance: repeat with another seed before believing it."
    : "";
  return {
    atChance: false,
    sentence: `With permuted labels the run still finds something for ${
      above.join(" and ")
    }, which no honest run can: ${numbers}.${chance}`,
  };
}

function fixed(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(3);
}
