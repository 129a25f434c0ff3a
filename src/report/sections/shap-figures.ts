/** Charts of SHAP values. */
import type { Dependence, ShapAnalysis, ShapClass, Waterfall } from "../../evaluation/shap/types.ts";
import type { Figure } from "../blocks.ts";
import { barChart } from "../charts/bars.ts";
import { type Dot, dotChart, RANK_KEYS, rankColour } from "../charts/dots.ts";
import { swarmChart } from "../charts/swarm.ts";
import { colour } from "../charts/theme.ts";
import { waterfallChart } from "../charts/waterfall.ts";
import { counted, formatNumber } from "../numbers.ts";
import { type Cell, number, text } from "../table.ts";
import { classColour, CLASSES, thinned } from "./names.ts";

/** Drawn at most; what is cut is said. */
const MOST_FEATURES = 20;
export const MOST_SWARM_ROWS = 300;
export const MOST_DEPENDENCES = 4;
export const MOST_DEPENDENCE_DOTS = 500;
const NAMED_DOTS = 6;

export function meanFigure(
  { name, meanAbs, meanSigned, meanAbsByLabel, order }: ShapClass,
  { features }: ShapAnalysis,
): Figure {
  const top = order.slice(0, MOST_FEATURES);
  const title = `Mean |SHAP|: ${name}`;
  return {
    id: `shap-mean-${name}`,
    title,
    draw: (canvas) =>
      barChart({
        title: `${title}, the ${top.length} largest`,
        finding: top.length === 0
          ? "There are no features."
          : `Largest: ${features[top[0]]} with ${formatNumber(meanAbs[top[0]], "general")} log odds.`,
        bars: top.map((feature) => ({
          label: features[feature],
          value: meanAbs[feature],
          colour: classColour(name),
        })),
        xLabel: "mean |SHAP value|, log odds",
        kind: "general",
      }, canvas),
    data: {
      columns: [
        text("feature", "feature"),
        number("mean_abs", "mean |SHAP|", "general"),
        number("mean", "mean", "general"),
        ...CLASSES.map((label) => number(`mean_abs_${label}`, `at ${label}`, "general")),
      ],
      rows: order.map((feature): Cell[] => [
        features[feature],
        meanAbs[feature],
        meanSigned[feature],
        ...CLASSES.map((_, label) => meanAbsByLabel[label]?.[feature] ?? null),
      ]),
    },
  };
}

export function swarmFigure({ name, beeswarm }: ShapClass, { features }: ShapAnalysis): Figure {
  const rows = thinned(beeswarm.labels.map((_, row) => row), MOST_SWARM_ROWS);
  const shown = beeswarm.features.slice(0, MOST_FEATURES).map(({ feature, phi, rank }) => ({
    label: features[feature],
    values: rows.map((row) => phi[row]),
    ranks: rows.map((row) => rank[row]),
  }));
  const title = `SHAP values: ${name}`;
  return {
    id: `shap-swarm-${name}`,
    title,
    draw: (canvas) =>
      swarmChart({
        title,
        finding: `${shown.length} features, ${rows.length} rows each, most influential first: ${
          shown.slice(0, 3).map(({ label }) => label).join(", ")
        }.`,
        rows: shown,
        xLabel: `log odds of ${name}`,
      }, canvas),
    data: {
      columns: [
        text("label", "row's class"),
        ...shown.flatMap(({ label }) => [
          number(`phi_${label}`, label, "general"),
          number(`rank_${label}`, "rank of its value", "general"),
        ]),
      ],
      rows: rows.map((row, i): Cell[] => [
        CLASSES[beeswarm.labels[row]] ?? "",
        ...shown.flatMap(({ values, ranks }) => [values[i], ranks[i]]),
      ]),
    },
  };
}

/** Rank of each value among those given, 0 to 1; null for null. Equal values share the mean rank. */
function ranksOf(values: readonly (number | null)[]): (number | null)[] {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  sorted.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i);
    last.set(value, i);
  });
  const end = Math.max(1, sorted.length - 1);
  return values.map((value) => value === null ? null : (first.get(value)! + last.get(value)!) / 2 / end);
}

export function dependenceFigure(
  { name }: ShapClass,
  dependence: Dependence,
  i: number,
  { features }: ShapAnalysis,
): Figure {
  const feature = features[dependence.feature];
  const other = dependence.interacts === null ? null : features[dependence.interacts];
  const ranks = other === null ? [] : ranksOf(dependence.other);
  const rows = thinned(dependence.phi.map((_, row) => row), MOST_DEPENDENCE_DOTS);
  const known = rows.filter((row) => dependence.value[row] !== null);
  const missing = rows.length - known.length;
  const dots: Dot[] = known.map((row) => ({
    x: dependence.value[row]!,
    y: dependence.phi[row],
    colour: other === null ? classColour(name) : rankColour(ranks[row]),
  }));
  const title = `${name}: ${feature}`;
  return {
    id: `shap-dependence-${name}-${i + 1}`,
    title: `Dependence, ${title}`,
    draw: (canvas) =>
      dotChart({
        title: `${title}${other === null ? "" : ` (colour: ${other})`}`,
        finding: `Contribution of ${feature} against its value at ${known.length} rows${
          missing > 0 ? `; ${missing} more have no value` : ""
        }.`,
        keys: other === null ? [] : RANK_KEYS,
        dots,
        xLabel: missing > 0 ? `${feature} (missing at ${missing} of ${rows.length} rows)` : feature,
        yLabel: "SHAP value, log odds",
        zeroLine: true,
        radius: 1.7,
      }, canvas),
    data: {
      columns: [
        number("value", feature, "general"),
        number("phi", "SHAP value", "general"),
        ...(other === null ? [] : [number("other", other, "general")]),
      ],
      rows: rows.map((row): Cell[] => [
        dependence.value[row],
        dependence.phi[row],
        ...(other === null ? [] : [dependence.other[row]]),
      ]),
    },
  };
}

export function waterfallFigure(waterfall: Waterfall, { features }: ShapAnalysis): Figure {
  const { role, gene, position, label, outOfFold, bias, margin, steps, rest } = waterfall;
  const place = position === null ? gene : `${gene}:${formatNumber(position, "count")}`;
  const title = `${waterfall.class}, ${role}: ${place}`;
  const shown = [
    ...steps.map(({ feature, value, phi }) => ({
      label: `${features[feature]} = ${value === null ? "missing" : formatNumber(value, "general")}`,
      change: phi,
    })),
    ...(rest.features > 0 ? [{ label: `${counted(rest.features, "other feature")}`, change: rest.phi }] : []),
  ];
  return {
    id: `shap-waterfall-${waterfall.class}-${role.replaceAll(" ", "-")}`,
    title,
    draw: (canvas) =>
      waterfallChart({
        title: title.length > 58 ? `${waterfall.class}, ${role}` : title,
        finding: `A ${label} row of ${place}, out-of-fold probability ${
          formatNumber(outOfFold, "metric")
        }: from ${formatNumber(bias, "general")} to ${formatNumber(margin, "general")} log odds.`,
        start: bias,
        steps: shown,
        subtitle: `the row is ${label}; out-of-fold probability ${formatNumber(outOfFold, "metric")}`,
        xLabel: `log odds of ${waterfall.class}`,
      }, canvas),
    data: {
      columns: [text("contribution", "contribution"), number("phi", "SHAP value", "general")],
      rows: [["bias", bias], ...shown.map(({ label, change }): Cell[] => [label, change]), [
        "margin",
        margin,
      ]],
    },
  };
}

export function donorAcceptorFigure({ features, donorAcceptor: { donor, acceptor } }: ShapAnalysis): Figure {
  const named = features.map((_, i) => i)
    .sort((a, b) => Math.max(donor[b], acceptor[b]) - Math.max(donor[a], acceptor[a]))
    .slice(0, NAMED_DOTS);
  return {
    id: "shap-donor-acceptor",
    title: "Donors against acceptors",
    draw: (canvas) =>
      dotChart({
        title: "Mean |SHAP value| of each feature, log odds",
        finding: `Most influential: ${named.map((i) => features[i]).join(", ")}.`,
        dots: features.map((_, i) => ({
          x: donor[i],
          y: acceptor[i],
          colour: colour(donor[i] >= acceptor[i] ? "donor" : "acceptor"),
        })),
        keys: [
          { label: "more for donors", colour: colour("donor"), shape: "dot" },
          { label: "more for acceptors", colour: colour("acceptor"), shape: "dot" },
        ],
        names: named.map((i) => ({ x: donor[i], y: acceptor[i], label: features[i] })),
        xLabel: "donor classifier",
        yLabel: "acceptor classifier",
        diagonal: true,
        square: true,
        radius: 2.6,
      }, canvas),
    data: {
      columns: [
        text("feature", "feature"),
        number("donor", "donor", "general"),
        number("acceptor", "acceptor", "general"),
      ],
      rows: features.map((feature, i): Cell[] => [feature, donor[i], acceptor[i]]),
    },
  };
}
