/** The SHAP analysis of the three classifiers: from planned rows to JSON values. */
import type { Gpu } from "../../gpu/gpu.ts";
import { usageError } from "../../numerics/errors.ts";
import { fromMargin } from "../../numerics/fixed.ts";
import { PURPOSE, Stream } from "../../numerics/random.ts";
import { type ShapOptions, type ShapValues, shapValues } from "../../trees/shap/shap-values.ts";
import type { TreeModel } from "../../trees/tree-model.ts";
import type { JudgedRows, Part } from "../analysis.ts";
import { type ShapPlan, takeRows } from "./draw.ts";
import { rounded } from "./numbers.ts";
import { beeswarm, dependence } from "./points.ts";
import { donorAgainstAcceptor, type Explained, falling, meanPhi } from "./summary.ts";
import type { ShapAnalysis, ShapClass, ShapKind, Waterfall } from "./types.ts";
import { waterfallSteps } from "./waterfall.ts";

/** Class codes are places here. */
export const SHAP_CLASSES = ["neither", "donor", "acceptor"] as const;

const BEESWARM_FEATURES = 20;
const DEPENDENCE_FEATURES = 6;
/** Points of a chart: more overlap, and the document grows. */
const POINTS = 300;
/** Counter of the draw of the points. */
const SHOWN = 4;

export interface ShapInput {
  readonly classifiers: Readonly<Record<(typeof SHAP_CLASSES)[number], TreeModel>>;
  readonly judged: Pick<JudgedRows, "genes" | "positions" | "meta">;
  /** From `planShapRows` of `judged.meta`. */
  readonly plan: ShapPlan;
  /** f32 values per feature of the classifiers, of the plan's rows; missing is NaN. */
  readonly columns: readonly Float32Array[];
  readonly kind: ShapKind;
  readonly seed: number;
  /** Threads of the CPU, or a device (path-dependent values only). */
  readonly threads?: number;
  readonly gpu?: Gpu;
}

export interface ShapResult {
  readonly part: Part<ShapAnalysis>;
  /** Of the plan's rows; null where nothing could be explained. For `writeShapTable`. */
  readonly values: ShapValues | null;
}

/**
 * Explains the plan's rows under the three classifiers. Without a sampled row, or where no tree splits, the part says that it is impossible.
 * @throws SpliceboostError as `shapValues` does; "usage" for an interventional plan without background rows
 */
export async function analyseShap(input: ShapInput): Promise<ShapResult> {
  const { classifiers, plan, columns } = input;
  const models = SHAP_CLASSES.map((name) => classifiers[name]);
  if (plan.sample.length === 0) return impossible("There are no rows to explain.");
  if (models.every((model) => model.usedFeatures().every((flag) => flag === 0))) {
    return impossible("No tree of the model splits on any feature, so there is nothing to explain.");
  }
  const values = await shapValues(models, columns, plan.rows.length, optionsOf(input));
  const labels = Uint8Array.from(plan.rows, (row) => input.judged.meta.labels[row]);
  const shown = drawn(plan.sample, POINTS, input.seed);
  const used = models.map((model) => model.usedFeatures());
  const candidates = columns.map((_, f) => f).filter((f) => used.some((flags) => flags[f] === 1));
  const explained = values.values.map((phi): Explained => ({
    phi,
    rows: plan.rows.length,
    features: columns.length,
    sample: plan.sample,
  }));
  // Columns that no tree splits on may be empty.
  const filled = columns.map((own, f) =>
    candidates.includes(f) ? own : new Float32Array(plan.rows.length).fill(NaN)
  );
  const classes = explained.map((own, c): ShapClass =>
    describeClass(SHAP_CLASSES[c], own, values, c, filled, labels, candidates, shown)
  );
  const meanAbs = explained.map((own) => meanPhi(own, plan.sample, true)!);
  const result: ShapAnalysis = {
    kind: input.kind,
    rows: plan.sample.length,
    genes: genesOf(input, plan.sample),
    rowsByLabel: SHAP_CLASSES.map((_, c) =>
      plan.sample.reduce((sum, at) => sum + (labels[at] === c ? 1 : 0), 0)
    ),
    background: input.kind === "interventional"
      ? { rows: plan.background.length, genes: genesOf(input, plan.background) }
      : null,
    features: models[0].featureNames,
    classes,
    donorAcceptor: donorAgainstAcceptor(meanAbs[1], meanAbs[2]),
    waterfalls: waterfalls(input, values, filled, labels),
  };
  return { part: { status: "done", result, notes: [...plan.notes, ...notesOf(result)] }, values };
}

function impossible(reason: string): ShapResult {
  return { part: { status: "impossible", reason }, values: null };
}

function optionsOf({ kind, plan, columns, threads, gpu }: ShapInput): ShapOptions {
  if (kind === "path-dependent") return { kind, threads, gpu };
  if (plan.background.length === 0) {
    throw usageError("interventional SHAP values need background rows: plan some (planShapRows, background)");
  }
  // Columns that no tree splits on may be empty: nothing of them is read.
  const background = columns.map((values) =>
    values.length === 0 ? values : takeRows([values], plan.background)[0]
  );
  return { kind, threads, gpu, background: { columns: background, rows: plan.background.length } };
}

function describeClass(
  name: string,
  explained: Explained,
  { bias, additivity }: ShapValues,
  c: number,
  columns: readonly Float32Array[],
  labels: Uint8Array,
  candidates: readonly number[],
  shown: Uint32Array,
): ShapClass {
  const { sample } = explained;
  const meanAbs = meanPhi(explained, sample, true)!;
  const order = falling(meanAbs);
  // A feature that contributes nothing has nothing to show.
  const top = order.filter((f) => meanAbs[f] > 0);
  return {
    name,
    bias: rounded(bias[c]),
    additivity: { maxError: rounded(additivity.maxError[c]), tolerance: rounded(additivity.tolerance[c]) },
    meanAbs: meanAbs.map(rounded),
    meanAbsByLabel: SHAP_CLASSES.map((_, label) =>
      meanPhi(explained, sample.filter((at) => labels[at] === label), true)?.map(rounded) ?? null
    ),
    meanSigned: meanPhi(explained, sample, false)!.map(rounded),
    order,
    beeswarm: beeswarm(explained, columns, labels, top.slice(0, BEESWARM_FEATURES), shown),
    dependence: top.slice(0, DEPENDENCE_FEATURES).map((feature) =>
      dependence(explained, columns, feature, candidates, shown)
    ),
  };
}

/** Up to `most` of some places, drawn by the seed, ascending. */
function drawn(places: Uint32Array, most: number, seed: number): Uint32Array {
  if (places.length <= most) return places;
  return new Stream(seed, PURPOSE.shapSample, SHOWN).shuffle(places.slice()).slice(0, most).sort();
}

/** Gene index per place, by a walk along both ascending lists. */
function geneIndices({ judged: { meta: { geneStart } }, plan: { rows } }: ShapInput): Uint32Array {
  let gene = 0;
  return rows.map((row) => {
    while (geneStart[gene + 1] <= row) gene++;
    return gene;
  });
}

function genesOf(input: ShapInput, places: Uint32Array): number {
  const genes = geneIndices(input);
  return new Set(places.map((at) => genes[at])).size;
}

function waterfalls(
  input: ShapInput,
  values: ShapValues,
  columns: readonly Float32Array[],
  labels: Uint8Array,
): Waterfall[] {
  const { plan: { rows, cases }, judged: { genes, positions } } = input;
  const indices = geneIndices(input);
  return cases.map(({ class: c, role, at, outOfFold }) => {
    const position = positions === null || Number.isNaN(positions[rows[at]]) ? null : positions[rows[at]];
    return {
      class: SHAP_CLASSES[c],
      role,
      gene: genes[indices[at]],
      position,
      label: SHAP_CLASSES[labels[at]],
      outOfFold: rounded(outOfFold),
      bias: rounded(values.bias[c]),
      margin: rounded(fromMargin(values.margins[c][at])),
      ...waterfallSteps(values.values[c], columns, rows.length, at),
    };
  });
}

function notesOf({ kind, rows, classes: [{ beeswarm: { shown } }] }: ShapAnalysis): string[] {
  const notes = [
    "Means are over the sampled rows, whose classes are nearer to balance than those of the data; means by label are given beside them.",
    "The final model is explained, which was trained on these genes too: SHAP values say what it looks at, not how well it does on new genes.",
    kind === "path-dependent"
      ? "Absent features follow the splits' shares of the training rows, so that correlated features share credit."
      : "Absent features are those of the background rows, so that credit goes to the features the trees split on.",
  ];
  if (shown < rows) {
    notes.push(`Charts of single rows show ${shown} of the ${rows} sampled rows, drawn by the seed.`);
  }
  return notes;
}
