/** How far probabilities can be taken at their word: base model, meta-model, calibrated meta-model. */
import { drawGeneSample } from "../../data/genes.ts";
import { classShares, priorFactors } from "../../ensemble/calibration/prior.ts";
import type { ClassShares } from "../../ensemble/calibration/types.ts";
import { usageError } from "../../numerics/errors.ts";
import type { JudgedRows } from "../analysis.ts";
import { bcaEstimate, bootstrapNote, type BootstrapPlan, planBootstrap } from "../bootstrap.ts";
import type { EvaluatedRows } from "../rows.ts";
import type { TaskPool } from "../workers/pool.ts";
import { DEFAULT_BINS } from "./bins.ts";
import { findConfidence } from "./confidence.ts";
import { type TargetSums, THREE_CLASS_SUMS, threeClassSums, type WeightedRows } from "./gene-sums.ts";
import { resampleSums } from "./resampled-sums.ts";
import { lossesUnderAll, MIN_BIN_GENES, targetCalibration } from "./target.ts";
import { meanOf, type Totals, underAll } from "./totals.ts";
import {
  type CalibrationAnalysis,
  type CalibrationChange,
  type ConfidenceFinding,
  type JudgedModel,
  type ModelCalibration,
  type Target,
  TARGETS,
} from "./types.ts";

export interface CalibrationOptions {
  /** The probabilities before calibration, where `judged.meta` are calibrated; null where nothing was calibrated. */
  readonly raw: EvaluatedRows | null;
  /** Class shares that the calibrated probabilities are for, or null for those of the data: rows are weighted to them. */
  readonly prior: ClassShares | null;
  /** Analyse whole genes of about so many rows, drawn by the seed; null for all. */
  readonly sampleRows: number | null;
  readonly seed: number;
  readonly pool: TaskPool;
  readonly resamples?: number;
  /** Bins of equal mass, and of equal width (default 15). */
  readonly bins?: number;
}

/**
 * The calibration of all models on judged rows, with intervals over genes; docs/calibration.md says how each number is made.
 * @throws SpliceboostError (usage) for bins that are no whole number from 2 to 1000, or a prior that is none; (data) where a prior
 * is given and a class has no rows
 */
export async function analyseCalibration(
  judged: JudgedRows,
  options: CalibrationOptions,
): Promise<CalibrationAnalysis> {
  const { seed, pool, prior, bins = DEFAULT_BINS } = options;
  if (!(Number.isInteger(bins) && bins >= 2 && bins <= 1000)) {
    throw usageError(`expected a whole number of bins from 2 to 1000, found ${bins}`);
  }
  const all = judged.meta;
  const genes = sampledGenes(judged, options);
  const take = (rows: EvaluatedRows): EvaluatedRows => (genes === null ? rows : rowsOfGenes(rows, genes));
  const meta = take(all);
  const plan = planBootstrap(seed, meta.geneStart.length - 1, options.resamples);
  const weighting = prior && { training: classShares(meta.labels), target: prior };
  const models: [JudgedModel, EvaluatedRows][] = [
    ...(judged.base ? [["base", take(judged.base)] as [JudgedModel, EvaluatedRows]] : []),
    ["raw", options.raw ? take(options.raw) : meta],
    ...(options.raw ? [["calibrated", meta] as [JudgedModel, EvaluatedRows]] : []),
  ];
  const measured: MeasuredModel[] = [];
  for (const [model, rows] of models) {
    measured.push(await measure(model, { rows, classWeights: classWeights(weighting) }, bins, plan, pool));
  }
  const isCalibrated = options.raw !== null;
  return {
    rows: meta.labels.length,
    genes: plan.genes,
    sampledFrom: genes && { rows: all.labels.length, genes: all.geneStart.length - 1 },
    resamples: plan.resamples,
    weighting,
    models: measured.map((one) => describe(one, isCalibrated)),
    changes: isCalibrated ? changesOf(measured) : null,
    notes: notesOf(plan, weighting, genes, all),
  };
}

/**
 * The finding on confidence alone, of the delivered splice probability (donor + acceptor): no curves, one target.
 * @throws SpliceboostError as `analyseCalibration`
 */
export async function quickOverconfidenceCheck(
  judged: JudgedRows,
  { raw, prior, seed, pool, resamples, sampleRows }: CalibrationOptions,
): Promise<ConfidenceFinding> {
  const genes = sampledGenes(judged, { seed, sampleRows });
  const meta = genes === null ? judged.meta : rowsOfGenes(judged.meta, genes);
  const plan = planBootstrap(seed, meta.geneStart.length - 1, resamples);
  const weights = classWeights(prior && { training: classShares(meta.labels), target: prior });
  const question = { target: "splice" as const, bins: 0, rangesOnly: true };
  const own = await pool.run("calibrationSums", question, { shared: { rows: meta, classWeights: weights } });
  const totals = { plan, sums: await resampleSums(plan, own, pool), width: own.width, offset: 0 };
  const isCalibrated = raw !== null;
  return findConfidence(isCalibrated ? "calibrated" : "raw", own, totals, { slope: null, isCalibrated });
}

/** A model's sums under every weighting. */
interface MeasuredModel {
  readonly model: JudgedModel;
  readonly targets: readonly { readonly own: TargetSums; readonly totals: Totals }[];
  /** Sums of the three classes together: weight, log-loss, Brier score. */
  readonly three: Totals;
}

async function measure(
  model: JudgedModel,
  shared: WeightedRows,
  bins: number,
  plan: BootstrapPlan,
  pool: TaskPool,
): Promise<MeasuredModel> {
  const questions = TARGETS.map((target) => ({ target, bins, rangesOnly: false }));
  const targets = await pool.map("calibrationSums", questions, shared);
  pool.forget(shared);
  const parts = [{ sums: threeClassSums(shared), width: THREE_CLASS_SUMS }, ...targets];
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const sums = new Float64Array(plan.genes * width);
  const offsets: number[] = [];
  let offset = 0;
  for (const part of parts) {
    for (let gene = 0; gene < plan.genes; gene++) {
      sums.set(part.sums.subarray(gene * part.width, (gene + 1) * part.width), gene * width + offset);
    }
    offsets.push(offset);
    offset += part.width;
  }
  const resampled = await resampleSums(plan, { sums, width }, pool);
  const totals = (part: number): Totals => ({ plan, sums: resampled, width, offset: offsets[part] });
  return {
    model,
    targets: targets.map((own, t) => ({ own, totals: totals(t + 1) })),
    three: totals(0),
  };
}

function describe({ model, targets, three }: MeasuredModel, isCalibrated: boolean): ModelCalibration {
  return {
    model,
    logLoss: meanOf(three, 1, 0),
    brier: meanOf(three, 2, 0),
    targets: targets.map(({ own, totals }) => targetCalibration(model, own, totals, isCalibrated)),
  };
}

function changesOf(measured: readonly MeasuredModel[]): CalibrationChange[] {
  const [raw, calibrated] = measured.slice(-2);
  const losses = (model: MeasuredModel) => [
    {
      logLoss: underAll(model.three, (at) => model.three.sums[at + 1] / model.three.sums[at]),
      brier: underAll(model.three, (at) => model.three.sums[at + 2] / model.three.sums[at]),
    },
    ...model.targets.map(({ totals }) => lossesUnderAll(totals)),
  ];
  const [before, after] = [losses(raw), losses(calibrated)];
  const { plan } = raw.three;
  const names: (Target | null)[] = [null, ...TARGETS];
  return names.map((target, i) => ({
    target,
    logLoss: bcaEstimate(plan, after[i].logLoss.map((value, w) => value - before[i].logLoss[w])),
    brier: bcaEstimate(plan, after[i].brier.map((value, w) => value - before[i].brier[w])),
  }));
}

function classWeights(weighting: CalibrationAnalysis["weighting"]): WeightedRows["classWeights"] {
  if (weighting === null) return [1, 1, 1];
  const { neither, donor, acceptor } = priorFactors(weighting.training, weighting.target);
  return [neither, donor, acceptor];
}

/** Indices of the genes drawn, or null where all are analysed. */
function sampledGenes(
  { genes, meta }: JudgedRows,
  { sampleRows, seed }: Pick<CalibrationOptions, "sampleRows" | "seed">,
): Uint32Array | null {
  if (sampleRows === null || sampleRows >= meta.labels.length) return null;
  return drawGeneSample(genes, meta.geneStart, sampleRows, seed, { labels: meta.labels });
}

function rowsOfGenes({ geneStart, ...columns }: EvaluatedRows, genes: Uint32Array): EvaluatedRows {
  const starts = new Uint32Array(genes.length + 1);
  genes.forEach((gene, i) => starts[i + 1] = starts[i] + geneStart[gene + 1] - geneStart[gene]);
  const pick = <T extends Uint8Array | Float32Array>(column: T, to: T): T => {
    genes.forEach((gene, i) => to.set(column.subarray(geneStart[gene], geneStart[gene + 1]), starts[i]));
    return to;
  };
  const rows = starts[genes.length];
  return {
    labels: pick(columns.labels, new Uint8Array(rows)),
    neither: pick(columns.neither, new Float32Array(rows)),
    donor: pick(columns.donor, new Float32Array(rows)),
    acceptor: pick(columns.acceptor, new Float32Array(rows)),
    geneStart: starts,
  };
}

function notesOf(
  plan: BootstrapPlan,
  weighting: CalibrationAnalysis["weighting"],
  genes: Uint32Array | null,
  all: EvaluatedRows,
): string[] {
  const notes = [
    bootstrapNote(plan),
    "Calibration errors (ECE, MCE, reliability) have the interval of a distance: at least 95 %, from how far resampled bins lie " +
    "from the observed ones; bins keep their edges in all resamples.",
    `The maximum calibration error counts bins with rows of at least ${MIN_BIN_GENES} genes.`,
    "The three probabilities of a row are divided by their sum first.",
  ];
  if (genes !== null) {
    notes.push(
      `Analysed on ${genes.length} of ${
        all.geneStart.length - 1
      } genes, drawn by the seed (calibration sample).`,
    );
  }
  if (weighting !== null) {
    notes.push(
      "Rows are weighted by target / training share of their class, so that they stand for the prior. Raw and base probabilities " +
        "do not know of it. Within a class, rows still are those that were chosen for training: no weight undoes that.",
    );
  }
  return notes;
}
