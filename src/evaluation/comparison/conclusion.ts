/** What follows from a comparison, in plain sentences. */
import type { Estimate, Maybe } from "../analysis.ts";
import type { ComparedMetric, Comparison, Conclusion, MetricComparison, StratumEffect } from "./types.ts";

/** The two metrics that decide: one of calls, one of ranks. */
const DECIDING: readonly ComparedMetric[] = ["macroF1", "apSplice"];

const RULE =
  "Better or worse: both macro F1 and splice average precision differ in that direction with p < 0.05 " +
  "after Holm's correction over all metrics and a 95 % interval over genes that excludes 0. Not distinguishable: " +
  "neither does. Mixed: anything else.";

/** The verdict by RULE, and the facts behind it. */
export function conclude(comparison: Omit<Comparison, "conclusion">): Conclusion {
  const deciding = comparison.metrics.filter(({ metric }) => DECIDING.includes(metric));
  const findings = new Set(deciding.map(({ finding }) => finding));
  const verdict = findings.size === 1 ? [...findings][0] : "mixed";
  return {
    verdict,
    sentences: [
      verdictSentence(verdict, comparison),
      ...deciding.map((metric) => metricSentence(metric, comparison)),
      ...otherMetrics(comparison),
      ...errorSentences(comparison),
      ...geneSentences(comparison),
      ...strataSentences(comparison),
    ],
    rule: RULE,
  };
}

function verdictSentence(verdict: Conclusion["verdict"], { names, genes, rows }: Facts): string {
  const on = `on ${whole(rows, "row")} of ${whole(genes, "gene")}`;
  if (verdict === "mixed") {
    return `Whether ${called(names.meta)} is better than ${
      called(names.base)
    } ${on} depends on what is measured.`;
  }
  if (verdict === "not distinguishable") {
    return `${called(names.meta, "The")} cannot be told from ${called(names.base)} ${on}.`;
  }
  return `${called(names.meta, "The")} is ${verdict} than ${called(names.base)} ${on}.`;
}

type Facts = Omit<Comparison, "conclusion">;

function metricSentence(
  { title, base, meta, difference, pHolm, finding }: MetricComparison,
  { names }: Facts,
): string {
  const name = title[0].toUpperCase() + title.slice(1);
  if (difference.value === null) return `${name} is not defined for both models on these rows.`;
  const sure = finding === "not distinguishable" ? "the difference could be chance" : `so ${finding}`;
  return `${name}: ${names.meta} ${plain(meta.value)}, ${names.base} ${plain(base.value)}; difference ` +
    `${signed(difference.value)}${howSure(difference, pHolm)}: ${sure}.`;
}

function otherMetrics({ metrics, names }: Facts): string[] {
  const others = metrics.filter(({ metric }) => !DECIDING.includes(metric));
  return (["better", "worse", "not distinguishable"] as const).flatMap((finding) => {
    const found = others.filter((metric) => metric.finding === finding);
    if (found.length === 0) return [];
    const list = found.map(({ title, difference }) =>
      difference.value === null ? `${title} (undefined)` : `${title} (${signed(difference.value)})`
    ).join(", ");
    if (finding === "not distinguishable") return [`Not distinguishable in ${list}.`];
    return [
      `${called(names.meta, "The")} is also found ${finding} in ${list}.`.replace(
        "also found worse",
        "found worse",
      ),
    ];
  });
}

function errorSentences({ errors, names, thresholds }: Facts): string[] {
  const line = (kind: string, base: Estimate, meta: Estimate, rescued: Estimate, introduced: Estimate) =>
    `${kind}: ${names.base} ${number(base.value)}, ${names.meta} ${number(meta.value)} (${
      number(rescued.value)
    } rescued, ${number(introduced.value)} introduced).`;
  const at = `at thresholds ${thresholds.base} and ${thresholds.meta}`;
  return [
    line(
      `False positives ${at}`,
      errors.baseFalsePositives,
      errors.metaFalsePositives,
      errors.falsePositivesRescued,
      errors.falsePositivesIntroduced,
    ),
    line(
      `False negatives ${at}`,
      errors.baseFalseNegatives,
      errors.metaFalseNegatives,
      errors.falseNegativesRescued,
      errors.falseNegativesIntroduced,
    ),
  ];
}

/** Genes named where the meta-model does worse. */
const NAMED_GENES = 3;

function geneSentences({ tallies, byGene, names }: Facts): string[] {
  const { better, equal, worse } = tallies.macroF1;
  const total = better + equal + worse;
  if (total === 0) return [];
  const losing = byGene.filter(({ deltaLogLoss }) => deltaLogLoss !== null && deltaLogLoss > 0)
    .sort((a, b) => b.deltaLogLoss! - a.deltaLogLoss!);
  const worst = losing.slice(0, NAMED_GENES).map(({ gene, deltaLogLoss }) =>
    `${gene} (${signed(deltaLogLoss!)})`
  );
  return [
    `By gene: ${called(names.meta)}'s macro F1 is higher in ${better} of ${
      whole(total, "gene")
    }, equal in ${equal}, lower ` +
    `in ${worse}; its log-loss is higher in ${losing.length}${
      worst.length > 0 ? `, most in ${worst.join(", ")}` : ""
    }.`,
  ];
}

/** Strata whose interval of the difference in macro F1 excludes 0; many strata are looked at, and none is corrected for that. */
function strataSentences({ byBaseScore, byChromosome }: Facts): string[] {
  const gains = (strata: readonly StratumEffect[], sign: 1 | -1) =>
    strata.filter(({ macroF1: { difference: { low, high } } }) =>
      low !== null && high !== null && (sign === 1 ? low > 0 : high < 0)
    );
  const list = (strata: readonly StratumEffect[]) =>
    strata.map(({ name, macroF1 }) => `${name} (${signed(macroF1.difference.value!)})`).join(", ");
  const [up, down] = [gains(byBaseScore, 1), gains(byBaseScore, -1)];
  const lost = gains(byChromosome, -1);
  return [
    ...(up.length > 0 ? [`By base score, macro F1 gains where it is ${list(up)}.`] : []),
    ...(down.length > 0 ? [`By base score, macro F1 loses where it is ${list(down)}.`] : []),
    ...(lost.length > 0 ? [`By chromosome, macro F1 loses on ${list(lost)}.`] : []),
  ];
}

/** " (95 % interval +0.1 to +0.2, Holm p < 0.001)", or what there is of it. */
function howSure({ low, high }: Estimate, pHolm: Maybe): string {
  const facts = [
    ...(low === null || high === null ? [] : [`95 % interval ${signed(low)} to ${signed(high)}`]),
    ...(pHolm === null ? [] : [pHolm < 0.001 ? "Holm p < 0.001" : `Holm p = ${pHolm.toFixed(3)}`]),
  ];
  return facts.length === 0 ? "" : ` (${facts.join(", ")})`;
}

function plain(value: Maybe): string {
  return value === null ? "undefined" : value.toFixed(3);
}

function signed(value: number): string {
  const text = value.toFixed(3);
  return value > 0 ? `+${text}` : text;
}

function number(value: Maybe): string {
  return value === null ? "undefined" : value.toLocaleString("en-US");
}

function whole(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** "the meta-model", "the base model"; a name of one word, as runs have, goes without the article. */
function called(name: string, article = "the"): string {
  return /[\s-]/.test(name) && !/[\\/]/.test(name) ? `${article} ${name}` : name;
}
