/** What the models say around sites and around errors. */
import type { Analysis } from "../../evaluation/document.ts";
import type {
  CentreSummary,
  NeighbourAnalysis,
  OffsetSummary,
  Spread,
} from "../../evaluation/neighbours/types.ts";
import { type Block, type Figure, figures, paragraph, partBlocks, remarks, type Section } from "../blocks.ts";
import { type Line, lineChart } from "../charts/lines.ts";
import { colour } from "../charts/theme.ts";
import { counted, formatNumber } from "../numbers.ts";
import { type Cell, number } from "../table.ts";
import { capitalised } from "./names.ts";

export function neighboursSection({ neighbours }: Analysis): Section {
  return { id: "neighbours", title: "Neighbours", blocks: partBlocks(neighbours, neighbourBlocks) };
}

function neighbourBlocks(analysis: NeighbourAnalysis): Block[] {
  const { centres, window, genes, allGenes } = analysis;
  const shown = centres.filter((centre) => centre.centres > 0);
  const none = centres.filter((centre) => centre.centres === 0).map(({ centre }) => centre);
  return [
    paragraph(
      `Mean probability at each offset from −${window} to +${window} bases around a site or an error, downstream to the right; ${
        formatNumber(genes, "count")
      } of ${counted(allGenes, "gene")}. `,
      "The table does not hold every position: means are over the rows there are, and their numbers are in the data below each chart. ",
      "A good model has a peak of one base; a broad or shifted peak says that it knows the region but not the base.",
      none.length > 0 && ` There is no ${none.join(", no ")}.`,
    ),
    figures("Bands are the middle half of the rows for the meta-model.", shown.map(centreFigure)),
    remarks(analysis.notes),
  ];
}

function centreFigure(centre: CentreSummary): Figure {
  const { offsets, centres, genes } = centre;
  const title = `Around a ${centre.centre} (n = ${formatNumber(centres, "count")} in ${
    counted(genes, "gene")
  })`;
  const middle = offsets.find(({ offset }) => offset === 0);
  const line = (
    label: string,
    paint: string,
    dashed: boolean,
    spreadOf: (summary: OffsetSummary) => Spread | null,
  ): Line => ({
    label,
    colour: paint,
    dashed,
    dots: true,
    interval: dashed ? undefined : "band",
    points: offsets.map((summary) => {
      const spread = spreadOf(summary);
      return { x: summary.offset, y: spread?.mean ?? null, low: spread?.q25, high: spread?.q75 };
    }),
  });
  const hasBase = offsets.some(({ baseDonor }) => baseDonor !== null);
  return {
    id: `neighbours-${centre.centre.replaceAll(" ", "-")}`,
    title,
    draw: (canvas) =>
      lineChart({
        title,
        finding: `${
          capitalised(centre.centre)
        }: at offset 0 the meta-model gives a mean donor probability of ${
          formatNumber(middle?.metaDonor.mean ?? null, "metric")
        } and acceptor probability of ${formatNumber(middle?.metaAcceptor.mean ?? null, "metric")}.`,
        lines: [
          ...(hasBase
            ? [
              line("donor, base", colour("donor"), true, ({ baseDonor }) => baseDonor),
              line("acceptor, base", colour("acceptor"), true, ({ baseAcceptor }) => baseAcceptor),
            ]
            : []),
          line("donor, meta", colour("donor"), false, ({ metaDonor }) => metaDonor),
          line("acceptor, meta", colour("acceptor"), false, ({ metaAcceptor }) => metaAcceptor),
        ],
        xLabel: "offset, bases (downstream to the right)",
        yLabel: "mean probability",
        yDomain: [0, 1],
        plotHeight: 200,
      }, canvas),
    data: {
      columns: [
        number("offset", "offset", "general"),
        number("rows", "rows", "count"),
        number("genes", "genes", "count"),
        ...["meta_donor", "meta_acceptor", "base_donor", "base_acceptor"].flatMap((name) =>
          ["mean", "q25", "median", "q75"].map((part) =>
            number(`${name}_${part}`, `${name.replace("_", " ")}, ${part}`, "metric")
          )
        ),
      ],
      rows: offsets.map((summary): Cell[] => [
        summary.offset,
        summary.rows,
        summary.genes,
        ...[summary.metaDonor, summary.metaAcceptor, summary.baseDonor, summary.baseAcceptor].flatMap((
          spread,
        ) => [
          spread?.mean ?? null,
          spread?.q25 ?? null,
          spread?.median ?? null,
          spread?.q75 ?? null,
        ]),
      ]),
    },
  };
}
