/** Log-loss and average precision after more and more trees, on genes that a model was trained on and on those it was not. */
import { CLASS_NAMES } from "../../data/dataset.ts";
import { MARGIN_ONE } from "../../numerics/fixed.ts";
import type { TreePredictor } from "../../numerics/predictor.ts";
import { logLoss, probability } from "../../numerics/sigmoid.ts";
import type { TreeModel } from "../../trees/tree-model.ts";
import type { FeatureSample, Maybe } from "../analysis.ts";
import { ACCEPTOR, DONOR, NEITHER, rankingMetrics } from "../ranking.ts";
import { stageModels, stageTrees } from "./stages.ts";
import type { LearningCurve } from "./types.ts";

const POSITIVE = [NEITHER, DONOR, ACCEPTOR] as const;

/** What a row is to a fold. */
const TRAINED = 0;
const HELD_OUT = 1;
const ASIDE = 2;

/** Rows of one kind: where they are in the sample, and their labels. */
interface Side {
  readonly rows: Uint32Array;
  readonly labels: Uint8Array;
}

/**
 * The three learning curves of a fold.
 * @param models Classifiers of the fold: neither, donor, acceptor.
 * @param validationGenes 1 per gene of the sample that the fold stopped early by: neither trained on nor held out; null without.
 */
export async function foldCurves(
  fold: number,
  models: readonly TreeModel[],
  sample: FeatureSample,
  validationGenes: Uint8Array | null,
  predictor: TreePredictor,
): Promise<LearningCurve[]> {
  const roles = rolesOf(fold, sample, validationGenes);
  const train = side(sample, roles, TRAINED);
  const heldOut = side(sample, roles, HELD_OUT);
  const at = models.map((model) => stageTrees(model.treeCount));
  const stages = models.map((model, c) => stageModels(model, at[c]));
  const rows = sample.labels.length;
  const margins = await predictor.margins(stages.flat(), sample.columns, rows);
  let next = 0;
  return models.map((model, c): LearningCurve => {
    const sums = new Int32Array(rows).fill(model.baseMargin);
    const measured = at[c].map((_, s) => {
      if (s > 0) add(sums, margins[next++]);
      return { train: measure(sums, train, c), heldOut: measure(sums, heldOut, c) };
    });
    const heldOutLogLoss = measured.map((point) => point.heldOut.logLoss);
    const heldOutAp = measured.map((point) => point.heldOut.ap);
    return {
      fold,
      className: CLASS_NAMES[c],
      trees: at[c],
      trainLogLoss: measured.map((point) => point.train.logLoss),
      heldOutLogLoss,
      trainAp: measured.map((point) => point.train.ap),
      heldOutAp,
      validation: null,
      trainRows: train.rows.length,
      heldOutRows: heldOut.rows.length,
      bestTrees: bestTrees(at[c], heldOutLogLoss, -1),
      bestTreesAp: bestTrees(at[c], heldOutAp, 1),
    };
  });
}

/** Trees of the best value (highest for sign 1, lowest for -1), the fewest where several share it; null where undefined. */
function bestTrees(trees: readonly number[], values: readonly Maybe[], sign: 1 | -1): Maybe {
  let found: Maybe = null;
  let best = -Infinity;
  values.forEach((value, s) => {
    if (value !== null && sign * value > best) [found, best] = [trees[s], sign * value];
  });
  return found;
}

function rolesOf(
  fold: number,
  { foldOfGene, geneStart, labels }: FeatureSample,
  validationGenes: Uint8Array | null,
): Uint8Array {
  const roles = new Uint8Array(labels.length);
  foldOfGene.forEach((own, g) => {
    const role = own === fold ? HELD_OUT : validationGenes?.[g] === 1 ? ASIDE : TRAINED;
    roles.fill(role, geneStart[g], geneStart[g + 1]);
  });
  return roles;
}

function side({ labels }: FeatureSample, roles: Uint8Array, role: number): Side {
  const rows = Uint32Array.from(labels.keys()).filter((row) => roles[row] === role);
  return { rows, labels: Uint8Array.from(rows, (row) => labels[row]) };
}

function add(sums: Int32Array, more: Int32Array): void {
  for (let row = 0; row < sums.length; row++) sums[row] += more[row];
}

/** Mean log-loss of a class against the others (exact sums of the contract's integers) and its average precision. */
function measure(
  margins: Int32Array,
  { rows, labels }: Side,
  classCode: number,
): { logLoss: Maybe; ap: Maybe } {
  if (rows.length === 0) return { logLoss: null, ap: null };
  const scores = new Float32Array(rows.length);
  let loss = 0;
  for (let i = 0; i < rows.length; i++) {
    const margin = margins[rows[i]];
    scores[i] = probability(margin);
    loss += logLoss(margin, labels[i] === classCode ? 1 : 0);
  }
  const { ap } = rankingMetrics(scores, labels, POSITIVE[classCode]);
  return { logLoss: loss / MARGIN_ONE / rows.length, ap: Number.isNaN(ap) ? null : ap };
}
