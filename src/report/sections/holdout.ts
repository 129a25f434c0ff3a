/** Genes that no model of the run has seen, and repeated splits. */
import type { Maybe } from "../../evaluation/analysis.ts";
import type { Analysis, HeldOutJudgement, HoldoutTable } from "../../evaluation/document.ts";
import { type Block, heading, paragraph, partBlocks, type Section, sentenceList } from "../blocks.ts";
import { counted } from "../numbers.ts";
import { type DataTable, number, staticTable, text } from "../table.ts";
import { comparisonBlocks } from "./comparison.ts";
import { KEY_METRICS } from "./folds.ts";

export function holdoutSection({ heldOut, holdouts }: Analysis): Section {
  return {
    id: "holdout",
    title: "Holdout",
    blocks: [
      heading("Genes kept out of everything"),
      ...partBlocks(heldOut, heldOutBlocks),
      heading("Repeated holdouts"),
      ...partBlocks(holdouts, holdoutBlocks),
    ],
  };
}

type Metrics = Readonly<Record<string, Maybe>>;

function heldOutBlocks({ genes, rows, chromosomes, metrics, comparison }: HeldOutJudgement): Block[] {
  return [
    paragraph(
      `${counted(rows, "row")} of ${counted(genes, "gene")}`,
      chromosomes.length > 0 &&
        ` (${chromosomes.length === 1 ? "chromosome" : "chromosomes"} ${chromosomes.join(", ")})`,
      " took no part in folds, calibration, thresholds or the final model; the delivered model was asked once.",
    ),
    ...partBlocks(comparison, ({ conclusion }) => [sentenceList(conclusion.sentences)]),
    staticTable(keyTable(metrics), "Metrics on the held-out genes"),
    ...(comparison.status === "done" ? comparisonBlocks(comparison.result, "holdout-") : []),
  ];
}

function keyTable(metrics: Metrics): DataTable {
  return {
    columns: [
      text("metric", "metric"),
      number("meta", "meta-model", "metric"),
      number("base", "base model", "metric"),
    ],
    rows: KEY_METRICS.map(([title, meta, base]) => [title, metrics[meta] ?? null, metrics[base] ?? null]),
  };
}

function holdoutBlocks({ splits, mean, sd }: HoldoutTable): Block[] {
  const names = [...new Set(splits.flatMap(({ metrics }) => Object.keys(metrics)))];
  return [
    paragraph(
      `${
        counted(splits.length, "split")
      }: each time a fifth of the genes is drawn anew, the rest trains, and the fifth is judged.`,
    ),
    staticTable({
      columns: [
        number("split", "split", "count"),
        number("train_genes", "training genes", "count"),
        number("test_genes", "test genes", "count"),
        number("test_rows", "test rows", "count"),
        ...KEY_METRICS.map(([title, name]) => number(name, title, "metric")),
      ],
      rows: splits.map(({ split, trainGenes, testGenes, testRows, metrics }) => [
        split,
        trainGenes,
        testGenes,
        testRows,
        ...KEY_METRICS.map(([, name]) => metrics[name] ?? null),
      ]),
    }, "Repeated holdouts"),
    {
      kind: "table",
      id: "holdout-metrics",
      caption: "All metrics of the repeated holdouts",
      table: {
        columns: [
          text("metric", "metric"),
          number("mean", "mean", "general"),
          number("sd", "sd", "general"),
          ...splits.map(({ split }) => number(`split_${split}`, `split ${split}`, "general")),
        ],
        rows: names.map((name) => [
          name,
          mean[name] ?? null,
          sd[name] ?? null,
          ...splits.map(({ metrics }) => metrics[name] ?? null),
        ]),
      },
      open: false,
    },
  ];
}
