/** ROC, precision-recall and gain curves of both models, and top-k. */
import type { Maybe } from "../../evaluation/analysis.ts";
import type { ClassCurves, CurveAnalysis, JudgedCurve } from "../../evaluation/curves/types.ts";
import type { Analysis } from "../../evaluation/document.ts";
import {
  type Block,
  type Figure,
  figures,
  heading,
  paragraph,
  partBlocks,
  remarks,
  type Section,
  sentenceList,
} from "../blocks.ts";
import { type Line, lineChart } from "../charts/lines.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { type Content, markup } from "../html.ts";
import { counted, formatEstimate } from "../numbers.ts";
import { type Cell, type DataTable, number, staticTable, text } from "../table.ts";
import { capitalised, TARGETS, targetTitle } from "./names.ts";
import { topKBlocks } from "./top-k.ts";

export function curvesSection({ curves }: Analysis): Section {
  return { id: "curves", title: "Curves", blocks: partBlocks(curves, curveBlocks) };
}

interface Kind {
  readonly key: "roc" | "pr" | "gain";
  readonly title: string;
  readonly area: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly caption: Content;
}

const KINDS: readonly Kind[] = [
  {
    key: "pr",
    title: "Precision and recall",
    area: "AP",
    xLabel: "recall: share of true sites called",
    yLabel: "precision",
    caption: markup`${
      term("pr", "Precision and recall")
    } over all thresholds; the higher the curve, the better. The grey line is random calling. Bands: ${
      term("interval")
    }. The numbers are ${term("ap", "average precision (AP)")}.`,
  },
  {
    key: "roc",
    title: "ROC",
    area: "AUC",
    xLabel: "share of other rows called",
    yLabel: "share of true sites called",
    caption: markup`${
      term("roc")
    }; the closer to the upper left corner, the better; the diagonal is guessing. Where sites are rare, look at precision and recall first.`,
  },
  {
    key: "gain",
    title: "Precision-recall-gain",
    area: "AUPRG",
    xLabel: "recall gain",
    yLabel: "precision gain",
    caption: markup`${
      term("prgain", "Precision-recall-gain")
    }. Parts below 0, worse than calling every row a site, are not drawn.`,
  },
];

function curveBlocks(analysis: CurveAnalysis): Block[] {
  const classes = TARGETS.flatMap((name) =>
    analysis.classes.find(({ className }) => className === name) ?? []
  );
  const odd = classes.flatMap(({ className, meta, base }) => [
    ...(meta.remark === null ? [] : [`${targetTitle(className)}, meta-model: ${meta.remark}`]),
    ...(base === null || base.remark === null
      ? []
      : [`${targetTitle(className)}, base model: ${base.remark}`]),
  ]);
  return [
    paragraph(
      `How well rows are ranked, at every threshold: ${counted(analysis.rows, "row")} of ${
        counted(analysis.genes, "gene")
      }, each predicted without its gene. ${counted(analysis.resamples, "resample")} of genes.`,
    ),
    staticTable(areaTable(classes), "Areas under the curves"),
    ...KINDS.flatMap((kind): Block[] => [
      heading(kind.title),
      figures(kind.caption, classes.map((one) => curveFigure(one, kind))),
    ]),
    ...topKBlocks(analysis.topK),
    sentenceList(odd),
    remarks(analysis.notes),
  ];
}

function areaTable(classes: readonly ClassCurves[]): DataTable {
  return {
    columns: [
      text("question", "question"),
      number("positives", "positive rows", "count"),
      number("share", "share", "share", "the precision of random calls"),
      text("model", "model"),
      ...KINDS.map(({ key, area }) => text(key, `${area} (95 % interval)`)),
    ],
    rows: classes.flatMap(({ className, positives, prevalence, base, meta }) =>
      [["base model", base] as const, ["meta-model", meta] as const].flatMap(([name, model]): Cell[][] =>
        model === null ? [] : [[
          targetTitle(className),
          positives,
          prevalence,
          name,
          ...KINDS.map(({ key }) => formatEstimate(model[key].area)),
        ]]
      )
    ),
  };
}

function curveFigure({ className, prevalence, meta, base }: ClassCurves, kind: Kind): Figure {
  const { key, area } = kind;
  const models = [
    ...(base ? [{ name: "base model", paint: colour("base"), dashed: true, judged: base[key] }] : []),
    { name: "meta-model", paint: colour("meta"), dashed: false, judged: meta[key] },
  ];
  const title = `${kind.title}: ${targetTitle(className).toLowerCase()}`;
  const cut = key === "gain" ? (y: Maybe) => y !== null && y >= 0 ? y : null : (y: Maybe) => y;
  const reference = key === "roc"
    ? { label: "guessing", from: [0, 0], to: [1, 1] }
    : key === "pr" && prevalence !== null
    ? { label: "random calls", from: [0, prevalence], to: [1, prevalence] }
    : undefined;
  return {
    id: `curve-${key}-${className}`,
    title,
    draw: (canvas) =>
      lineChart({
        title,
        finding: models.map(({ name, judged }) =>
          `${capitalised(name)}: ${area} ${formatEstimate(judged.area)}.`
        ).join(" "),
        lines: models.flatMap(({ name, paint, dashed, judged }) =>
          curveLines(judged, `${name}, ${area} ${short(judged)}`, paint, dashed, cut)
        ),
        xLabel: kind.xLabel,
        yLabel: kind.yLabel,
        xDomain: [0, 1],
        yDomain: [0, 1],
        reference,
      }, canvas),
    data: curveTable(models),
  };
}

const short = ({ area }: JudgedCurve): string => area.value === null ? "–" : area.value.toFixed(3);

function curveLines(
  { curve, band }: JudgedCurve,
  label: string,
  paint: string,
  dashed: boolean,
  cut: (y: Maybe) => Maybe,
): Line[] {
  const lines: Line[] = [];
  if (band) {
    const points = band.x.map((x, i) => ({ x, y: null, low: cut(band.low[i]), high: cut(band.high[i]) }));
    lines.push({ label: "", colour: paint, interval: "band", points });
  }
  const points = curve ? curve.x.map((x, i) => ({ x, y: cut(curve.y[i]) })) : [];
  lines.push({ label, colour: paint, dashed, points });
  return lines;
}

function curveTable(models: readonly { name: string; judged: JudgedCurve }[]): DataTable {
  return {
    columns: [
      text("model", "model"),
      text("part", "part", "the curve itself, or its band over genes"),
      number("x", "x", "general"),
      number("y", "y", "general"),
      number("low", "low", "general"),
      number("high", "high", "general"),
      number("threshold", "threshold", "general"),
    ],
    rows: models.flatMap(({ name, judged: { curve, band } }): Cell[][] => [
      ...(curve
        ? curve.x.map((x, i): Cell[] => [name, "curve", x, curve.y[i], null, null, curve.thresholds[i]])
        : []),
      ...(band
        ? band.x.map((x, i): Cell[] => [name, "band", x, band.mean[i], band.low[i], band.high[i], null])
        : []),
    ]),
  };
}
