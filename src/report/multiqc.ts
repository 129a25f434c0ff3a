/**
 * What MultiQC shows of a run, as its custom content has it: JSON files whose names end in "_mqc.json", with the run as the sample
 * (MultiQC's documentation, "Custom content"). Charts of several runs are merged by their ids.
 */
import type { Analysis } from "../evaluation/document.ts";
import type { Curve } from "../evaluation/curves/types.ts";
import { targetTitle } from "./sections/names.ts";

/** A file of the report. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** Features shown at most. */
const MOST_FEATURES = 20;

/** Points of a curve: MultiQC draws all it is given. */
const MOST_POINTS = 101;

/** The parent section in MultiQC's report. */
const PARENT = {
  parent_id: "spliceboost",
  parent_name: "spliceboost",
  parent_description: "Splice-site meta-models, judged on genes they never saw.",
};

type Row = Readonly<Record<string, number>>;
type Headers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Files for MultiQC: general statistics, precision-recall and ROC curves, importance. A part that is absent gives no file.
 * @param name of the run: MultiQC's sample
 */
export function multiqcFiles(analysis: Analysis, name: string): TextFile[] {
  return [
    generalStatistics(analysis, name),
    ...curveFiles(analysis, name),
    ...importanceFile(analysis, name),
  ];
}

function file(id: string, content: Readonly<Record<string, unknown>>): TextFile {
  return {
    path: `spliceboost_${id}_mqc.json`,
    text: JSON.stringify({ id: `spliceboost_${id}`, ...content }, null, 1) + "\n",
  };
}

function generalStatistics({ folds, comparison, run, calibration }: Analysis, name: string): TextFile {
  const pooled = folds.status === "done" ? folds.result.pooled : {};
  const ece = calibration.status === "done"
    ? calibration.result.models.at(-1)?.targets.find(({ target }) => target === "splice")?.equalMass.ece.value
    : undefined;
  const difference = comparison.status === "done"
    ? comparison.result.metrics.find(({ metric }) => metric === "macroF1")?.difference.value
    : undefined;
  const values: Readonly<Record<string, number | null | undefined>> = {
    genes: run.data.genes,
    macro_f1: pooled["test_macro_f1"],
    macro_f1_gain: difference,
    splice_ap: pooled["ap_meta"],
    top_k: pooled["meta_topk"],
    log_loss: pooled["log_loss"],
    ece,
  };
  const score = { min: 0, max: 1, format: "{:,.3f}", scale: "Blues" };
  const headers: Headers = {
    genes: { title: "Genes", description: "Genes of the run", format: "{:,.0f}", scale: "Greys" },
    macro_f1: { title: "Macro F1", description: "Held-out genes, mean of the three classes' F1", ...score },
    macro_f1_gain: {
      title: "F1 gain",
      description: "Macro F1, meta-model less base model",
      ...score,
      min: -1,
    },
    splice_ap: {
      title: "Splice AP",
      description: "Average precision, splice site against neither",
      ...score,
    },
    top_k: { title: "Top-k", description: "Top-k within genes, donor and acceptor", ...score },
    log_loss: {
      title: "Log-loss",
      description: "Three-class log-loss, nats",
      min: 0,
      format: "{:,.4f}",
      scale: "OrRd",
    },
    ece: {
      title: "ECE",
      description: "Expected calibration error of the splice probability",
      min: 0,
      format: "{:,.4f}",
      scale: "OrRd",
    },
  };
  const row = defined(values);
  const used = Object.fromEntries(Object.entries(headers).filter(([key]) => key in row));
  return file("general", { plot_type: "generalstats", headers: used, data: { [name]: row } });
}

function defined(values: Readonly<Record<string, number | null | undefined>>): Row {
  const known = Object.entries(values).filter((entry): entry is [string, number] =>
    typeof entry[1] === "number"
  );
  return Object.fromEntries(known);
}

function curveFiles({ curves }: Analysis, name: string): TextFile[] {
  if (curves.status !== "done") return [];
  const kinds = [
    ["pr", "Precision and recall", "recall", "precision"],
    ["roc", "ROC", "share of other rows called", "share of true sites called"],
  ] as const;
  return kinds.map(([key, title, xlab, ylab]) => {
    const data: Record<string, Record<string, number>> = {};
    for (const { className, base, meta } of curves.result.classes) {
      if (className === "neither") continue;
      for (const [model, judged] of [["base model", base?.[key]], ["meta-model", meta[key]]] as const) {
        if (judged?.curve) {
          data[`${name}, ${targetTitle(className).toLowerCase()}, ${model}`] = points(judged.curve);
        }
      }
    }
    return file(key, {
      ...PARENT,
      section_name: title,
      description: `${title} on held-out genes (${curves.result.genes} genes, ${curves.result.rows} rows).`,
      plot_type: "linegraph",
      pconfig: {
        id: `spliceboost_${key}_plot`,
        title: `spliceboost: ${title}`,
        xlab,
        ylab,
        xmin: 0,
        xmax: 1,
        ymin: 0,
        ymax: 1,
      },
      data,
    });
  });
}

/** A curve as x -> y; where x repeats, the highest y stands for it. */
function points({ x, y }: Curve): Record<string, number> {
  const best = new Map<number, number>();
  const step = Math.max(1, (x.length - 1) / (MOST_POINTS - 1));
  for (let at = 0; Math.round(at) < x.length; at += step) {
    const i = Math.round(at);
    best.set(x[i], Math.max(best.get(x[i]) ?? -Infinity, y[i]));
  }
  return Object.fromEntries([...best].map(([at, value]) => [String(at), value]));
}

function importanceFile({ importance }: Analysis, name: string): TextFile[] {
  if (importance.status !== "done") return [];
  const known = importance.result.features.flatMap(({ name: feature, permutation }) => {
    const loss = permutation?.logLoss.estimate.value;
    return typeof loss === "number" && loss > 0 ? [[feature, loss] as const] : [];
  }).sort(([, a], [, b]) => b - a).slice(0, MOST_FEATURES);
  if (known.length === 0) return [];
  return [file("importance", {
    ...PARENT,
    section_name: "Feature importance",
    description:
      `Rise of the log-loss on held-out genes when a feature is shuffled, the ${known.length} largest.`,
    plot_type: "bargraph",
    pconfig: {
      id: "spliceboost_importance_plot",
      title: "spliceboost: feature importance",
      ylab: "rise of log-loss, nats",
      cpswitch: false,
      stacking: "normal",
    },
    data: { [name]: Object.fromEntries(known) },
  })];
}
