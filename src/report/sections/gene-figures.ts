/** Genes side by side: how many gain, how much, and the table of all. */
import type { Comparison, GeneEffect } from "../../evaluation/comparison/types.ts";
import type { Analysis } from "../../evaluation/document.ts";
import { type Block, type Figure, figures, paragraph, partBlocks, type Section } from "../blocks.ts";
import { histogram, histogramBins } from "../charts/bars.ts";
import { dotChart } from "../charts/dots.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatNumber } from "../numbers.ts";
import { type DataTable, number, text } from "../table.ts";
import { thinned } from "./names.ts";

/** Dots drawn at most; more of them are drawn one in so many, which is said. */
const MOST_DOTS = 3000;

export function geneFigures({ byGene, tallies }: Comparison, prefix: string): Block[] {
  const judged = byGene.filter(({ baseLogLoss, metaLogLoss }) =>
    baseLogLoss !== null && metaLogLoss !== null
  );
  const shown = thinned(judged, MOST_DOTS);
  const { better, equal, worse } = tallies.logLoss;
  return [
    paragraph(
      markup`Of ${counted(better + equal + worse, "gene")}, ${formatNumber(better, "count")} have a lower ${
        term(
          "logloss",
        )
      } with the meta-model, ${formatNumber(worse, "count")} a higher one and ${
        formatNumber(
          equal,
          "count",
        )
      } the same.`,
      shown.length < judged.length &&
        `The first chart shows ${formatNumber(shown.length, "count")} of ${
          counted(judged.length, "gene")
        }, at even distances in the table.`,
    ),
    figures(
      "Left: a dot is a gene; below the diagonal the meta-model is better. Right: genes by how much their mean log-loss changed.",
      [
        scatterFigure(shown, `${prefix}gene-log-loss`, better, worse),
        changeFigure(judged, `${prefix}gene-change`, better, worse),
      ],
    ),
  ];
}

/** The table of all genes, worst first. */
export function genesSection({ comparison }: Analysis): Section {
  return {
    id: "genes",
    title: "Genes",
    blocks: partBlocks(comparison, ({ byGene }) => [
      paragraph(
        `All ${
          counted(byGene.length, "gene")
        }, those first where the meta-model lost most against the base model. `,
        "Click a heading to sort; search by gene or chromosome. Numbers of small genes jump: look at their rows and sites first.",
      ),
      {
        kind: "table" as const,
        id: "gene-table",
        caption: "Genes, both models",
        table: geneTable(byGene),
        open: true,
        sortedBy: { column: "delta_log_loss", descending: true },
        file: "genes",
      },
    ]),
  };
}

export function geneTable(genes: readonly GeneEffect[]): DataTable {
  const sorted = [...genes].sort((a, b) => (b.deltaLogLoss ?? -Infinity) - (a.deltaLogLoss ?? -Infinity));
  return {
    columns: [
      text("gene", "gene"),
      text("chromosome", "chromosome"),
      number("fold", "fold", "count"),
      number("rows", "rows", "count"),
      number("donors", "donors", "count"),
      number("acceptors", "acceptors", "count"),
      number("base_f1", "base, splice F1", "metric"),
      number("meta_f1", "meta, splice F1", "metric"),
      number("base_ap", "base, splice AP", "metric"),
      number("meta_ap", "meta, splice AP", "metric"),
      number("base_log_loss", "base, log-loss", "metric"),
      number("meta_log_loss", "meta, log-loss", "metric"),
      number(
        "delta_log_loss",
        "change in log-loss",
        "metric",
        "meta less base, mean of the gene's rows: negative is better",
      ),
      number("base_fp", "base, false positives", "count"),
      number("meta_fp", "meta, false positives", "count"),
      number("base_fn", "base, false negatives", "count"),
      number("meta_fn", "meta, false negatives", "count"),
      number("rescued", "rescued", "count", "errors of the base model that the meta-model does not make"),
      number(
        "introduced",
        "introduced",
        "count",
        "errors of the meta-model that the base model does not make",
      ),
    ],
    rows: sorted.map((gene) => [
      gene.gene,
      gene.chromosome,
      gene.fold === null ? null : gene.fold + 1,
      gene.rows,
      gene.donors,
      gene.acceptors,
      gene.baseF1,
      gene.metaF1,
      gene.baseAp,
      gene.metaAp,
      gene.baseLogLoss,
      gene.metaLogLoss,
      gene.deltaLogLoss,
      gene.baseFalsePositives,
      gene.metaFalsePositives,
      gene.baseFalseNegatives,
      gene.metaFalseNegatives,
      gene.falsePositivesRescued + gene.falseNegativesRescued,
      gene.falsePositivesIntroduced + gene.falseNegativesIntroduced,
    ]),
  };
}

function scatterFigure(genes: readonly GeneEffect[], id: string, better: number, worse: number): Figure {
  return {
    id,
    title: "Log-loss of each gene",
    draw: (canvas) =>
      dotChart({
        title: "Log-loss of each gene",
        finding:
          `${better} genes lie below the diagonal, where the meta-model is better, and ${worse} above it.`,
        keys: [
          { label: "meta-model better", colour: colour("meta"), shape: "dot" },
          { label: "worse", colour: colour("base"), shape: "dot" },
        ],
        dots: genes.map(({ baseLogLoss, metaLogLoss }) => ({
          x: baseLogLoss!,
          y: metaLogLoss!,
          colour: colour(metaLogLoss! <= baseLogLoss! ? "meta" : "base"),
        })),
        xLabel: "base model, nats a row",
        yLabel: "meta-model, nats a row",
        diagonal: true,
        square: true,
        radius: genes.length > 800 ? 1.3 : 2.2,
      }, canvas),
    data: {
      columns: [
        text("gene", "gene"),
        number("rows", "rows", "count"),
        number("base_log_loss", "base model", "metric"),
        number("meta_log_loss", "meta-model", "metric"),
      ],
      rows: genes.map(({ gene, rows, baseLogLoss, metaLogLoss }) => [gene, rows, baseLogLoss, metaLogLoss]),
    },
  };
}

function changeFigure(genes: readonly GeneEffect[], id: string, better: number, worse: number): Figure {
  const values = genes.map(({ deltaLogLoss }) => deltaLogLoss).filter((value) => value !== null);
  return {
    id,
    title: "Change in log-loss by gene",
    draw: (canvas) =>
      histogram({
        title: "Change in log-loss by gene",
        finding: `Log-loss falls in ${better} genes and rises in ${worse}.`,
        values,
        xLabel: "meta-model less base model, nats a row (left of 0: better)",
        yLabel: "genes",
        split: 0,
        colours: [colour("meta"), colour("base")],
        keys: [
          { label: "meta-model better", colour: colour("meta"), shape: "box" },
          { label: "worse", colour: colour("base"), shape: "box" },
        ],
      }, canvas),
    data: {
      columns: [
        number("from", "from", "general"),
        number("to", "to", "general"),
        number("genes", "genes", "count"),
      ],
      rows: histogramBins(values, 0).map(({ from, to, count }) => [from, to, count]),
    },
  };
}
