/** The comparison among rows that have something in common: chromosomes, base scores, kinds of sites. */
import type { Pair, StratumEffect } from "../../evaluation/comparison/types.ts";
import { type Block, type Figure, figures, heading } from "../blocks.ts";
import { intervalChart } from "../charts/intervals.ts";
import { colour } from "../charts/theme.ts";
import { counted } from "../numbers.ts";
import { type DataTable, number, text } from "../table.ts";

export function strata(title: string, id: string, effects: readonly StratumEffect[], lead: string): Block[] {
  if (effects.length === 0) return [];
  return [
    heading(title),
    figures(lead, [
      stratumFigure(effects, `${id}-macro-f1`, "macro F1", ({ macroF1 }) => macroF1),
      stratumFigure(effects, `${id}-splice-ap`, "splice AP", ({ apSplice }) => apSplice),
    ]),
    {
      kind: "table",
      id: `${id}-table`,
      caption: `${title}, all numbers`,
      table: stratumTable(effects),
      open: false,
    },
  ];
}

function stratumFigure(
  effects: readonly StratumEffect[],
  id: string,
  metric: string,
  pairOf: (effect: StratumEffect) => Pair,
): Figure {
  const known = effects.map((effect) => pairOf(effect).difference.value).filter((value) => value !== null);
  const better = known.filter((value) => value > 0).length;
  const title = `Difference in ${metric}`;
  return {
    id,
    title,
    draw: (canvas) =>
      intervalChart({
        title: `${title}, 95 % intervals over genes`,
        finding:
          `The meta-model is higher in ${better} of ${known.length} groups where ${metric} is defined.`,
        series: [{ label: "", colour: colour("meta") }],
        rows: effects.map((effect) => ({
          label: `${effect.name} (${counted(effect.genes, "gene")})`,
          estimates: [pairOf(effect).difference],
        })),
        xLabel: `${metric}, meta-model less base model`,
        zero: 0,
      }, canvas),
    data: {
      columns: [
        text("group", "group"),
        number("rows", "rows", "count"),
        number("genes", "genes", "count"),
        ...["base", "meta", "difference"].flatMap((name) => [
          number(name, name, "metric"),
          number(`${name}_low`, `${name}, low`, "metric"),
          number(`${name}_high`, `${name}, high`, "metric"),
        ]),
      ],
      rows: effects.map((effect) => {
        const { base, meta, difference } = pairOf(effect);
        return [
          effect.name,
          effect.rows,
          effect.genes,
          ...[base, meta, difference].flatMap(({ value, low, high }) => [value, low, high]),
        ];
      }),
    },
  };
}

function stratumTable(effects: readonly StratumEffect[]): DataTable {
  const pairs = ["macroF1", "f1Splice", "apSplice", "logLoss"] as const;
  const names = { macroF1: "macro F1", f1Splice: "splice F1", apSplice: "splice AP", logLoss: "log-loss" };
  return {
    columns: [
      text("group", "group"),
      number("rows", "rows", "count"),
      number("genes", "genes", "count"),
      number("donors", "donors", "count"),
      number("acceptors", "acceptors", "count"),
      ...pairs.flatMap((key) => [
        number(`base_${key}`, `base, ${names[key]}`, "metric"),
        number(`meta_${key}`, `meta, ${names[key]}`, "metric"),
      ]),
      number("base_fp", "base, false positives", "count"),
      number("meta_fp", "meta, false positives", "count"),
      number("base_fn", "base, false negatives", "count"),
      number("meta_fn", "meta, false negatives", "count"),
      text("remark", "remark"),
    ],
    rows: effects.map((effect) => [
      effect.name,
      effect.rows,
      effect.genes,
      effect.donors,
      effect.acceptors,
      ...pairs.flatMap((key) => [effect[key].base.value, effect[key].meta.value]),
      effect.baseFalsePositives,
      effect.metaFalsePositives,
      effect.baseFalseNegatives,
      effect.metaFalseNegatives,
      effect.noIntervals ?? "",
    ]),
  };
}
