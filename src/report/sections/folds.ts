/** The folds: how far the numbers move from one set of held-out genes to another. */
import type { Estimate, Maybe } from "../../evaluation/analysis.ts";
import type { Analysis, FoldTable } from "../../evaluation/document.ts";
import { type Block, type Figure, figures, paragraph, partBlocks, type Section } from "../blocks.ts";
import { intervalChart } from "../charts/intervals.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatNumber } from "../numbers.ts";
import { type DataTable, number, staticTable, text } from "../table.ts";

/** Shown first: title, and names in gene_cv_metrics.csv of the meta-model's and the base model's. */
export const KEY_METRICS: readonly (readonly [title: string, meta: string, base: string])[] = [
  ["macro F1", "test_macro_f1", "base_macro_f1"],
  ["donor F1", "donor_f1", "base_donor_f1"],
  ["acceptor F1", "acceptor_f1", "base_acceptor_f1"],
  ["donor AP", "donor_ap", "base_donor_ap"],
  ["acceptor AP", "acceptor_ap", "base_acceptor_ap"],
  ["splice F1", "meta_f1", "base_f1"],
  ["splice AP", "ap_meta", "ap_base"],
  ["splice ROC AUC", "auc_meta", "auc_base"],
  ["gene top-k", "meta_topk", "base_topk"],
  ["log-loss", "log_loss", "base_log_loss"],
];

export function foldsSection({ folds }: Analysis): Section {
  return { id: "folds", title: "Folds", blocks: partBlocks(folds, foldBlocks) };
}

function foldBlocks(table: FoldTable): Block[] {
  const { folds } = table;
  const hasBase = folds.some(({ metrics }) => defined(metrics["base_macro_f1"]) !== null);
  return [
    paragraph(
      `Genes were split into ${counted(folds.length, "fold")}. `,
      markup`Each ${
        term(
          "fold",
        )
      } was predicted by models trained on the other folds only; all rows of a gene stay together.`,
      "Numbers of different folds differ because their genes differ: the standard deviation says by how much.",
    ),
    staticTable(summaryTable(table, hasBase), "Metrics over the folds"),
    figures(
      markup`${term("macrof1", "Macro F1")} and ${
        term("ap", "splice average precision")
      } in each fold. If the meta-model helps, its dots lie to the right in every fold.`,
      [
        foldFigure(table, hasBase, "fold-macro-f1", KEY_METRICS[0]),
        foldFigure(table, hasBase, "fold-splice-ap", KEY_METRICS[6]),
      ],
    ),
    {
      kind: "table",
      id: "fold-metrics",
      caption: "All metrics of all folds",
      table: fullTable(table),
      open: false,
    },
  ];
}

const defined = (value: Maybe | undefined): Maybe => value ?? null;
const exact = (value: Maybe): Estimate => ({ value, low: null, high: null });

function summaryTable({ mean, sd, pooled }: FoldTable, hasBase: boolean): DataTable {
  const spread = (name: string): string => {
    const value = formatNumber(defined(mean[name]), "metric");
    const deviation = defined(sd[name]);
    return deviation === null ? value : `${value}\u00a0±\u00a0${formatNumber(deviation, "metric")}`;
  };
  return {
    columns: [
      text("metric", "metric"),
      text("meta", "meta-model, mean ± sd of folds"),
      ...(hasBase ? [text("base", "base model, mean ± sd of folds")] : []),
      number("meta_pooled", "meta-model, all rows", "metric"),
      ...(hasBase ? [number("base_pooled", "base model, all rows", "metric")] : []),
    ],
    rows: KEY_METRICS.map(([title, meta, base]) => [
      title,
      spread(meta),
      ...(hasBase ? [spread(base)] : []),
      defined(pooled[meta]),
      ...(hasBase ? [defined(pooled[base])] : []),
    ]),
  };
}

function foldFigure(
  { folds }: FoldTable,
  hasBase: boolean,
  id: string,
  [title, meta, base]: readonly [string, string, string],
): Figure {
  const rows = folds.map(({ fold, genes, metrics }) => ({
    label: `fold ${fold} (${counted(genes, "gene")})`,
    estimates: hasBase
      ? [exact(defined(metrics[base])), exact(defined(metrics[meta]))]
      : [exact(defined(metrics[meta]))],
  }));
  const higher = folds.filter(({ metrics }) => (metrics[meta] ?? NaN) > (metrics[base] ?? NaN)).length;
  const series = [
    ...(hasBase ? [{ label: "base model", colour: colour("base"), open: true }] : []),
    { label: "meta-model", colour: colour("meta") },
  ];
  return {
    id,
    title: `${title} by fold`,
    draw: (canvas) =>
      intervalChart({
        title: `${title} by fold`,
        finding: hasBase
          ? `The meta-model is higher in ${higher} of ${folds.length} folds.`
          : `${counted(folds.length, "fold")} of the meta-model.`,
        series,
        rows,
        xLabel: title,
      }, canvas),
    data: {
      columns: [
        number("fold", "fold", "count"),
        number("genes", "genes", "count"),
        number("rows", "rows", "count"),
        number("meta", "meta-model", "metric"),
        number("base", "base model", "metric"),
      ],
      rows: folds.map(({ fold, genes, rows, metrics }) => [
        fold,
        genes,
        rows,
        defined(metrics[meta]),
        defined(metrics[base]),
      ]),
    },
  };
}

function fullTable({ folds, mean, sd, pooled }: FoldTable): DataTable {
  const names = [...new Set(folds.flatMap(({ metrics }) => Object.keys(metrics)))];
  return {
    columns: [
      text("metric", "metric"),
      ...folds.map(({ fold }) => number(`fold_${fold}`, `fold ${fold}`, "general")),
      number("mean", "mean", "general"),
      number("sd", "sd", "general"),
      number("pooled", "all rows", "general"),
    ],
    rows: names.map((name) => [
      name,
      ...folds.map(({ metrics }) => defined(metrics[name])),
      defined(mean[name]),
      defined(sd[name]),
      defined(pooled[name]),
    ]),
  };
}
