/** Top-k at several multiples of the number of sites. */
import type { TopKCurve } from "../../evaluation/curves/types.ts";
import { type Block, type Figure, figures, heading } from "../blocks.ts";
import { lineChart } from "../charts/lines.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { formatNumber } from "../numbers.ts";
import { type Cell, number, text } from "../table.ts";

export function topKBlocks(curves: readonly TopKCurve[]): Block[] {
  if (curves.length === 0) return [];
  return [
    heading("Top-k"),
    figures(
      markup`${
        term("topk", "Top-k")
      } is the share of true sites among the k best rows. Here k is half, once, twice and four times the number of true sites; SpliceAI's top-k is the value at 1, all rows ranked together.`,
      (["pooled", "byGene"] as const).flatMap((how) =>
        (["donor", "acceptor"] as const).map((site) =>
          topKFigure(curves.filter((curve) => curve.site === site), site, how)
        )
      ),
    ),
  ];
}

function topKFigure(curves: readonly TopKCurve[], site: string, how: "pooled" | "byGene"): Figure {
  const title = how === "pooled"
    ? `Top-k, all rows together: ${site} sites`
    : `Top-k within genes: ${site} sites`;
  return {
    id: `top-k-${how === "pooled" ? "pooled" : "gene"}-${site}`,
    title,
    draw: (canvas) =>
      lineChart({
        title,
        finding: curves.map(({ model, points }) =>
          `${model === "meta" ? "Meta-model" : "Base model"}: ${
            formatNumber(points.find(({ multiple }) => multiple === 1)?.[how].value ?? null, "metric")
          } at k = sites.`
        ).join(" "),
        lines: curves.map(({ model, points }) => ({
          label: model === "meta" ? "meta-model" : "base model",
          colour: colour(model),
          dashed: model === "base",
          dots: true,
          interval: "whiskers" as const,
          points: points.map(({ multiple, [how]: { value, low, high } }) => ({
            x: Math.log2(multiple),
            y: value,
            low,
            high,
          })),
        })),
        xLabel: "k, as a multiple of the number of sites",
        yLabel: "share found",
        yDomain: [0, 1],
        xTicks: [-1, 0, 1, 2],
        xFormat: (power: number) => String(2 ** power),
        plotHeight: 200,
      }, canvas),
    data: {
      columns: [
        text("model", "model"),
        number("multiple", "k over sites", "general"),
        number("k", "k", "count"),
        number("share", "share", "metric"),
        number("low", "low", "metric"),
        number("high", "high", "metric"),
        number("genes", "genes", "count"),
      ],
      rows: curves.flatMap(({ model, points }) =>
        points.map(({ multiple, pooledK, genes, [how]: { value, low, high } }): Cell[] => [
          model,
          multiple,
          how === "pooled" ? pooledK : null,
          value,
          low,
          high,
          genes,
        ])
      ),
    },
  };
}
