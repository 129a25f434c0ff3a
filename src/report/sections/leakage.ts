/** Which features know the answer from how the table was made. */
import type { Analysis } from "../../evaluation/document.ts";
import type {
  FeatureScreen,
  FoldScreens,
  LeakageScreen,
  LeakageVerdict,
  ShuffledLabels,
} from "../../evaluation/leakage/types.ts";
import {
  type Block,
  type Figure,
  figures,
  heading,
  paragraph,
  partBlocks,
  remarks,
  type Section,
} from "../blocks.ts";
import { barChart } from "../charts/bars.ts";
import { intervalChart } from "../charts/intervals.ts";
import { colour } from "../charts/theme.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatNumber } from "../numbers.ts";
import { type Cell, type DataTable, number, staticTable, text } from "../table.ts";
import { classColour, CLASSES } from "./names.ts";

/** Bars drawn at most. */
const MOST_BARS = 25;

export function leakageSection({ leakage, shuffled }: Analysis): Section {
  return {
    id: "leakage",
    title: "Leakage",
    blocks: [
      paragraph(
        markup`${
          term("leakage", "A leak")
        } is a value pattern that the making of the table left behind. A feature that is merely good is called strong, and stays.`,
      ),
      ...partBlocks(leakage, screenBlocks),
      ...(shuffled.status === "done"
        ? [heading("Permuted labels"), ...partBlocks(shuffled, shuffledBlocks)]
        : []),
    ],
  };
}

function screenBlocks({ all, folds, finalLeftOut, notes }: FoldScreens): Block[] {
  const of = (verdict: LeakageVerdict): FeatureScreen[] =>
    all.features.filter((feature) => feature.verdict === verdict);
  const leaks = of("leak");
  const strong = of("strong");
  const left = folds.map(({ fold, leftOut }) => `${leftOut.length} in fold ${fold + 1}`).join(", ");
  return [
    paragraph(
      `${counted(all.features.length, "feature")} looked at on ${counted(all.rows, "row")} of ${
        counted(all.genes, "gene")
      }: `,
      markup`<strong>${counted(leaks.length, "leak")}</strong>, ${
        formatNumber(
          strong.length,
          "count",
        )
      } strong, ${formatNumber(of("ok").length, "count")} without remark. Threshold ${
        formatNumber(
          all.threshold,
          "general",
        )
      }.`,
      finalLeftOut.length === 0
        ? "The final model leaves none out."
        : `The final model leaves out ${counted(finalLeftOut.length, "feature")}; `,
      finalLeftOut.length > 0 &&
        (left === ""
          ? "the folds were not screened."
          : `the folds, screened on their own training genes, ${left}.`),
    ),
    ...(leaks.length === 0 ? [] : [{
      kind: "table" as const,
      id: "leaks",
      caption: "Leaks, and how they were recognised",
      table: reasonTable(leaks, new Set(finalLeftOut.map(({ feature }) => feature))),
      open: true,
    }]),
    ...(strong.length === 0 ? [] : [heading("Strong features"), {
      kind: "table" as const,
      id: "strong-features",
      caption: "Strong features: they tell classes apart, but as an honest score may",
      table: reasonTable(strong, null),
      open: strong.length <= 10,
    }]),
    figures(
      markup`How well each feature by itself ranks one class above the others (${
        term("auc", "AUC")
      }, or 1 − AUC where low values mean the class; the best of the three classes). 0.5 tells nothing.`,
      [aucFigure(all)],
    ),
    {
      kind: "table",
      id: "leakage-features",
      caption: "All features screened",
      table: screenTable(all),
      open: false,
    },
    remarks([...all.notes, ...notes]),
  ];
}

function reasonTable(features: readonly FeatureScreen[], leftOut: ReadonlySet<string> | null): DataTable {
  return {
    columns: [
      text("feature", "feature"),
      text("reason", "reason"),
      text("partners", "together with"),
      ...(leftOut ? [text("left_out", "final model")] : []),
    ],
    rows: features.map(({ feature, reason, remark, partners }) => [
      feature,
      remark === null ? reason : `${reason} ${remark}`,
      partners.join(", "),
      ...(leftOut ? [leftOut.has(feature) ? "left out" : "kept"] : []),
    ]),
  };
}

function bestAuc({ auc }: FeatureScreen): { auc: number; name: string } | null {
  const known = CLASSES.flatMap((name) => {
    const value = auc[name];
    return value === null ? [] : [{ auc: Math.max(value, 1 - value), name }];
  });
  return known.length === 0 ? null : known.reduce((a, b) => b.auc > a.auc ? b : a);
}

function aucFigure({ features }: LeakageScreen): Figure {
  const ranked = features.flatMap((feature) => {
    const best = bestAuc(feature);
    return best ? [{ feature, ...best }] : [];
  }).sort((a, b) => b.auc - a.auc).slice(0, MOST_BARS);
  const paint = { leak: colour("high"), strong: colour("base"), ok: colour("neither") };
  return {
    id: "leakage-auc",
    title: "AUC of single features",
    draw: (canvas) =>
      barChart({
        title: `AUC of single features, the ${ranked.length} highest`,
        finding: ranked.length === 0
          ? "No feature has an AUC."
          : `Highest: ${ranked[0].feature.feature} with ${formatNumber(ranked[0].auc, "metric")} (${
            ranked[0].feature.verdict
          }).`,
        bars: ranked.map(({ feature, auc }) => ({
          label: feature.feature,
          value: auc,
          colour: paint[feature.verdict],
        })),
        kind: "metric",
        xLabel: "AUC of the best class",
        from: 0.5,
        to: 1,
        keys: (["leak", "strong", "ok"] as const).map((name) => ({
          label: name,
          colour: paint[name],
          shape: "box" as const,
        })),
      }, canvas),
    data: {
      columns: [
        text("feature", "feature"),
        number("auc", "AUC", "metric"),
        text("class", "class"),
        text("verdict", "verdict"),
      ],
      rows: ranked.map(({ feature, auc, name }) => [feature.feature, auc, name, feature.verdict]),
    },
  };
}

function screenTable({ features }: LeakageScreen): DataTable {
  return {
    columns: [
      text("feature", "feature"),
      text("verdict", "verdict"),
      ...CLASSES.map((name) => number(`auc_${name}`, `AUC, ${name}`, "metric")),
      ...CLASSES.map((name) => number(`pearson_${name}`, `Pearson, ${name}`, "metric")),
      ...CLASSES.map((name) => number(`spearman_${name}`, `Spearman, ${name}`, "metric")),
      number("mutual_information", "mutual information, bits", "general"),
      number("information_share", "share of the label's information", "share"),
      number("missing", "missing", "share"),
      number("distinct_values", "distinct values", "count"),
      text("reason", "reason"),
    ],
    rows: features.map((f): Cell[] => [
      f.feature,
      f.verdict,
      ...CLASSES.map((name) => f.auc[name]),
      ...CLASSES.map((name) => f.pearson[name]),
      ...CLASSES.map((name) => f.spearman[name]),
      f.mutualInformation,
      f.informationShare,
      f.missing,
      f.distinctValues,
      f.remark === null ? f.reason : `${f.reason} ${f.remark}`.trim(),
    ]),
  };
}

function shuffledBlocks({ classes, sentence }: ShuffledLabels): Block[] {
  const data: DataTable = {
    columns: [
      text("class", "class"),
      number("auc", "AUC", "metric"),
      number("auc_low", "low", "metric"),
      number("auc_high", "high", "metric"),
      number("ap", "AP", "metric"),
      number("prevalence", "share of rows", "metric"),
    ],
    rows: CLASSES.map((name) => {
      const { auc, ap, prevalence } = classes[name];
      return [name, auc.value, auc.low, auc.high, ap.value, prevalence];
    }),
  };
  return [
    paragraph(sentence),
    figures("With permuted labels nothing can be learned: AUC must lie around 0.5.", [{
      id: "shuffled-auc",
      title: "AUC with permuted labels",
      draw: (canvas) =>
        intervalChart({
          title: "AUC with permuted labels",
          finding: sentence,
          series: [{ label: "", colour: classColour("neither") }],
          rows: CLASSES.map((name) => ({ label: name, estimates: [classes[name].auc] })),
          xLabel: "AUC, 95 % interval over genes",
          zero: 0.5,
        }, canvas),
      data,
    }]),
    staticTable(data, "AUC with permuted labels"),
  ];
}
