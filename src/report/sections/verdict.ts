/** The answer first: is the meta-model better, by how much, how sure, for which genes. */
import type { Estimate, Maybe, Part } from "../../evaluation/analysis.ts";
import type { ComparedMetric, Comparison, MetricComparison } from "../../evaluation/comparison/types.ts";
import type { Analysis, FoldTable } from "../../evaluation/document.ts";
import { type Block, paragraph, type Section, sentenceList } from "../blocks.ts";
import { type Term, term } from "../glossary.ts";
import { type Content, type Markup, markup } from "../html.ts";
import { counted, formatDifference, formatEstimate, formatNumber } from "../numbers.ts";
import { capitalised } from "./names.ts";

export function verdictSection(analysis: Analysis): Section {
  const { comparison, againstRecalibrated } = analysis;
  const body = comparison.status === "done"
    ? comparedBlocks(comparison.result, againstRecalibrated, headline(analysis))
    : aloneBlocks(comparison, analysis.folds);
  return {
    id: "verdict",
    title: headline(analysis),
    short: "Verdict",
    blocks: [...warnings(analysis), ...body],
  };
}

/** The verdict in one sentence. */
export function headline({ comparison, folds }: Analysis): string {
  if (folds.status !== "done") return "A meta-model that was not judged on genes it never saw";
  if (comparison.status !== "done") {
    return "The meta-model on its own: there is no base model to compare it with";
  }
  const { names, conclusion } = comparison.result;
  const meta = capitalised(`the ${names.meta}`);
  switch (conclusion.verdict) {
    case "better":
      return `${meta} is better than the ${names.base}`;
    case "worse":
      return `${meta} is worse than the ${names.base}`;
    case "mixed":
      return `${meta} is better than the ${names.base} in some respects and worse in others`;
    case "not distinguishable":
      return `${meta} cannot be told apart from the ${names.base} on these genes`;
  }
}

function warnings({ run, leakage }: Analysis): Markup[] {
  const leaks = leakage.status === "done"
    ? leakage.result.all.features.filter((f) => f.verdict === "leak")
    : [];
  const kept = leaks.length - (leakage.status === "done" ? leakage.result.finalLeftOut.length : 0);
  const list: Content[] = [];
  if (run.shuffledLabels) {
    list.push(
      "The labels were permuted before training. This run is a check that scores fall to chance; it is no result.",
    );
  }
  if (kept > 0) {
    const [verb, was] = kept === 1 ? ["gives", "was"] : ["give", "were"];
    list.push(
      `${
        counted(kept, "feature")
      } that ${verb} the label away ${was} kept in training, so the numbers below may be too good. `,
      markup`See <a href="#leakage">leakage</a>.`,
    );
  }
  return list.length === 0 ? [] : [markup`<p class="warning" role="note"><strong>Mind:</strong> ${list}</p>`];
}

function comparedBlocks(comparison: Comparison, anew: Part<Comparison>, said: string): Block[] {
  const { conclusion, names, rows, genes, donors, acceptors } = comparison;
  return [
    paragraph(
      `Judged on ${counted(rows, "row")} of ${counted(genes, "gene")} (${counted(donors, "donor site")}, ${
        counted(acceptors, "acceptor site")
      }), each predicted by a model that never saw its gene. `,
      markup`In brackets: ${term("interval")}.`,
    ),
    markup`<div class="tiles">${tiles(comparison)}</div>`,
    // The first one may be the headline again.
    sentenceList(conclusion.sentences.filter((sentence) => !sentence.startsWith(said))),
    ...(anew.status === "done" ? [stricterTest(anew.result)] : []),
    markup`<p class="remarks">How the verdict is reached: ${conclusion.rule} ${
      names.base === "base model" ? "" : `“Base” is the ${names.base}.`
    }</p>`,
  ];
}

/** Whether it holds against the base model's scores calibrated on the same labels. */
function stricterTest({ metrics, names, conclusion: { verdict } }: Comparison): Markup {
  const answers = {
    better: "is better",
    worse: "is worse",
    mixed: "is better in some respects and not in others",
    "not distinguishable": "cannot be told apart",
  };
  const numbers = (["macroF1", "apSplice"] as const).flatMap((name) => {
    const metric = metrics.find((one) => one.metric === name);
    return metric ? [`${metric.title} ${formatDifference(metric.difference)}`] : [];
  });
  return paragraph(
    markup`<strong>A stricter test.</strong> Against the ${names.base}, which has the base model's scores calibrated on the same labels, the ${names.meta} ${
      answers[verdict]
    }: ${numbers.join(", ")}.`,
    markup`More under <a href="#comparison">base against meta</a>.`,
  );
}

const TILES: readonly (readonly [ComparedMetric, Term])[] = [
  ["macroF1", "macrof1"],
  ["apSplice", "ap"],
  ["logLoss", "logloss"],
];

function tiles(comparison: Comparison): Markup[] {
  const { metrics, errors, tallies } = comparison;
  const shown = TILES.flatMap(([name, id]) => {
    const metric = metrics.find((one) => one.metric === name);
    return metric ? [metricTile(metric, id)] : [];
  });
  const count = ({ value }: Estimate): string => formatNumber(value, "count");
  const falsePositives = errorTile(
    "Rows wrongly called sites",
    `${count(errors.baseFalsePositives)} → ${count(errors.metaFalsePositives)}`,
    count(errors.falsePositivesRescued),
    count(errors.falsePositivesIntroduced),
  );
  const falseNegatives = errorTile(
    "Sites missed",
    `${count(errors.baseFalseNegatives)} → ${count(errors.metaFalseNegatives)}`,
    count(errors.falseNegativesRescued),
    count(errors.falseNegativesIntroduced),
  );
  const { better, equal, worse } = tallies.logLoss;
  const geneTile = tile(
    markup`Genes with lower ${term("logloss", "log-loss")}`,
    markup`${formatNumber(better, "count")} of ${formatNumber(better + equal + worse, "count")}`,
    `${formatNumber(worse, "count")} higher, ${formatNumber(equal, "count")} equal`,
    "meta-model against base model, gene by gene",
  );
  return [...shown, falsePositives, falseNegatives, geneTile];
}

function errorTile(name: string, figure: string, rescued: string, introduced: string): Markup {
  const detail = markup`${rescued} ${term("rescued", "rescued")}, ${introduced} introduced`;
  return tile(term("error", name), figure, detail, "base model → meta-model; fewer is better");
}

function metricTile({ title, base, meta, difference, higherIsBetter }: MetricComparison, id: Term): Markup {
  return tile(
    markup`${term(id, capitalised(title))}`,
    `${short(base.value)} → ${short(meta.value)}`,
    `difference ${formatDifference(difference)}`,
    higherIsBetter ? "base model → meta-model; higher is better" : "base model → meta-model; lower is better",
  );
}

function tile(name: Content, figure: Content, detail: Content, small: Content): Markup {
  const lines = [["name", name], ["figure", figure], ["detail", detail], ["small", small]] as const;
  return markup`<div class="tile">${
    lines.map(([part, text]) => markup`<div class="${part}">${text}</div>`)
  }</div>`;
}

function aloneBlocks(comparison: Part<Comparison>, folds: Part<FoldTable>): Block[] {
  const reason = comparison.status === "done" ? "" : comparison.reason;
  if (folds.status !== "done") return [paragraph(reason), paragraph(folds.reason)];
  const { pooled, mean, sd, folds: list } = folds.result;
  const shown: readonly (readonly [string, Term, string])[] = [
    ["test_macro_f1", "macrof1", "Macro F1"],
    ["ap_meta", "ap", "Splice average precision"],
    ["log_loss", "logloss", "Log-loss"],
  ];
  return [
    paragraph(reason),
    markup`<div class="tiles">${
      shown.map(([name, id, title]) =>
        tile(
          term(id, title),
          formatNumber(pooled[name] ?? null, "metric"),
          `mean of ${counted(list.length, "fold")} ${
            formatEstimate({ value: mean[name] ?? null, low: null, high: null })
          }, sd ${formatNumber(sd[name] ?? null, "metric")}`,
          "held-out genes, all folds together",
        )
      )
    }</div>`,
  ];
}

/** Three decimals, as large print has room for. */
const short = (value: Maybe): string => value === null ? "–" : value.toFixed(3);
