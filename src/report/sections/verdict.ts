/** The answer first: is the meta-model better, by how much, how sure, for which genes. */
import type { Part } from "../../evaluation/analysis.ts";
import type { ComparedMetric, Comparison, MetricComparison } from "../../evaluation/comparison/types.ts";
import type { Analysis, FoldTable } from "../../evaluation/document.ts";
import { type Block, paragraph, type Section, sentenceList } from "../blocks.ts";
import { type Term, term } from "../glossary.ts";
import { type Content, html, type Markup } from "../html.ts";
import { counted, formatEstimate, formatNumber, signed } from "../numbers.ts";
import { capitalised } from "./names.ts";

export function verdictSection(analysis: Analysis): Section {
  const { comparison } = analysis;
  const body = comparison.status === "done"
    ? comparedBlocks(comparison.result)
    : aloneBlocks(comparison, analysis.folds);
  return {
    id: "verdict",
    title: headline(analysis),
    short: "Verdict",
    blocks: [...warnings(analysis), ...body],
  };
}

/** The verdict in one sentence. */
export function headline({ comparison }: Analysis): string {
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
  const left = leakage.status === "done" ? leakage.result.finalLeftOut.length : 0;
  const list: Content[] = [];
  if (run.shuffledLabels) {
    list.push(
      "The labels were permuted before training. This run is a check that scores fall to chance; it is no result.",
    );
  }
  if (leaks.length > left) {
    list.push(html`
      ${counted(leaks.length - left, "feature")} that ${leaks.length - left === 1
        ? "gives"
        : "give"} the label away ${leaks.length - left === 1
        ? "was"
        : "were"} kept in training, so the numbers below may be too good. See <a
        href="#leakage">leakage</a>.
    `);
  }
  return list.map((text) => html`<p class="warning" role="note"><strong>Mind:</strong> ${text}</p>`);
}

function comparedBlocks(comparison: Comparison): Block[] {
  const { conclusion, names, rows, genes, donors, acceptors } = comparison;
  return [
    paragraph(
      `Judged on ${counted(rows, "row")} of ${counted(genes, "gene")} (${counted(donors, "donor site")}, ${
        counted(acceptors, "acceptor site")
      }), each predicted by a model that never saw its gene. `,
      html`In brackets: ${term("interval")}.`,
    ),
    html`<div class="tiles">${tiles(comparison)}</div>`,
    sentenceList(conclusion.sentences),
    html`<p class="remarks">How the verdict is reached: ${conclusion.rule} ${
      names.base === "base model" ? "" : `“Base” is the ${names.base}.`
    }</p>`,
  ];
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
  const errorTile = tile(
    term("error", "Wrong calls"),
    html`${formatNumber(sum(errors.baseFalsePositives.value, errors.baseFalseNegatives.value), "count")} → ${
      formatNumber(sum(errors.metaFalsePositives.value, errors.metaFalseNegatives.value), "count")
    }`,
    `false positives ${formatNumber(errors.baseFalsePositives.value, "count")} → ${
      formatNumber(errors.metaFalsePositives.value, "count")
    }, false negatives ${formatNumber(errors.baseFalseNegatives.value, "count")} → ${
      formatNumber(errors.metaFalseNegatives.value, "count")
    }`,
    "base model → meta-model",
  );
  const { better, equal, worse } = tallies.logLoss;
  const geneTile = tile(
    html`Genes with lower ${term("logloss", "log-loss")}`,
    html`${formatNumber(better, "count")} of ${formatNumber(better + equal + worse, "count")}`,
    `${formatNumber(worse, "count")} higher, ${formatNumber(equal, "count")} equal`,
    "meta-model against base model, gene by gene",
  );
  return [...shown, errorTile, geneTile];
}

function metricTile({ title, base, meta, difference, higherIsBetter }: MetricComparison, id: Term): Markup {
  return tile(
    html`${term(id, capitalised(title))}`,
    html`${formatNumber(base.value, "metric")} → ${formatNumber(meta.value, "metric")}`,
    `difference ${signed(difference.value)}${
      difference.low === null ? "" : ` (${signed(difference.low)} to ${signed(difference.high)})`
    }`,
    higherIsBetter ? "base model → meta-model; higher is better" : "base model → meta-model; lower is better",
  );
}

function tile(name: Content, figure: Content, detail: Content, small: Content): Markup {
  return html`
    <div class="tile">
      <div class="name">${name}</div>
      <div class="figure">${figure}</div>
      <div>${detail}</div>
      <div class="small">${small}</div>
    </div>
  `;
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
    html`<div class="tiles">${
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

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
