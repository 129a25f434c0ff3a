/**
 * SHAP values of tree models by their definition, leaf by leaf in f64: the oracle of the kernels.
 *
 * A leaf's value v counts for a set S of known features as v times a product over the features of its path: 1 or 0 for a feature of S (the
 * row follows the path or not), the share of what stands for absence for the others. The Shapley value of feature i is then
 * v (o_i - z_i) times the integral over t in [0, 1] of prod over j != i of (t o_j + (1 - t) z_j), a polynomial that Gauss-Legendre
 * quadrature integrates exactly (QuadratureTreeSHAP, arXiv 2605.04497; the integral is Owen's multilinear extension, 1972).
 */
import { gaussLegendre, pointsFor } from "../../cpu/shap-quadrature.ts";
import { leftShare } from "../../cpu/shap-program.ts";
import { shapleyWeight } from "../../cpu/shap-weights.ts";
import { fromMargin } from "../../numerics/fixed.ts";
import type { TreeModel } from "../tree-model.ts";

/** SHAP values of a row, log odds; their sum and the bias make the margin. */
export interface RowShap {
  /** One a feature of the model. */
  readonly phi: Float64Array;
  readonly bias: number;
}

/** One edge of a tree. */
interface Edge {
  /** Whether the row goes it. */
  readonly row: boolean;
  /** Share of what stands for the feature's absence that goes it. */
  readonly share: number;
}

/** What a feature is on the path to a leaf. */
interface Step {
  /** 1 where the row goes all edges of the feature, else 0. */
  readonly one: number;
  /** Share of what stands for the feature's absence that goes them. */
  readonly zero: number;
}

/**
 * Path-dependent SHAP values of one row: a feature that is absent goes either way by the children's cover. A split none of whose children has
 * cover sends half each way.
 * @param columns f32 values per feature, missing is NaN
 */
export function pathDependentShap(
  model: TreeModel,
  columns: readonly Float32Array[],
  row: number,
): RowShap {
  const phi = new Float64Array(model.featureNames.length);
  let bias = fromMargin(model.baseMargin);
  const edge = (left: boolean, node: number, root: number): Edge => ({
    row: goesLeft(model, columns, row, node) === left,
    share: shareOf(model, left, node, root),
  });
  visitLeaves(model, edge, (value, path) => {
    let absent = value;
    for (const { zero } of path.values()) absent *= zero;
    bias += absent;
    const { points, weights } = gaussLegendre(pointsFor(path.size));
    for (const [feature, { one, zero }] of path) {
      points.forEach((t, k) => {
        let product = value * weights[k] * (one - zero);
        for (const [other, step] of path) {
          if (other !== feature) product *= t * step.one + (1 - t) * step.zero;
        }
        phi[feature] += product;
      });
    }
  });
  return { phi, bias };
}

/**
 * Interventional SHAP values of one row: features that are absent are those of a background row, averaged over all of them. Exact:
 * per background row, a leaf that x reaches by u features alone and z by v features alone gives each of the u features
 * v_leaf (u-1)! v! / (u+v)! and takes v_leaf u! (v-1)! / (u+v)! from each of the v (Lundberg et al., 2020, algorithm 3).
 * @param background f32 values per feature of the background rows, at least one
 */
export function interventionalShap(
  model: TreeModel,
  columns: readonly Float32Array[],
  row: number,
  background: readonly Float32Array[],
  backgroundRows: number,
): RowShap {
  const phi = new Float64Array(model.featureNames.length);
  let bias = fromMargin(model.baseMargin);
  for (let z = 0; z < backgroundRows; z++) {
    visitLeaves(
      model,
      (left, node): Edge => ({
        row: goesLeft(model, columns, row, node) === left,
        share: goesLeft(model, background, z, node) === left ? 1 : 0,
      }),
      (value, path) => {
        const steps = [...path.values()];
        const both = (one: number, zero: number): number =>
          steps.filter((step) => step.one === one && step.zero === zero).length;
        if (steps.every((step) => step.zero === 1)) bias += value / backgroundRows;
        if (both(0, 0) > 0) return;
        const [own, others] = [both(1, 0), both(0, 1)];
        for (const [feature, { one, zero }] of path) {
          if (one > zero) phi[feature] += value * shapleyWeight(own, others) / backgroundRows;
          if (one < zero) phi[feature] -= value * shapleyWeight(others, own) / backgroundRows;
        }
      },
    );
  }
  return { phi, bias };
}

/** Calls `leaf` for every leaf of every tree with its value (log odds) and the features of its path. */
function visitLeaves(
  { packed }: TreeModel,
  edge: (left: boolean, node: number, root: number) => Edge,
  leaf: (value: number, path: ReadonlyMap<number, Step>) => void,
): void {
  const visit = (root: number, node: number, path: ReadonlyMap<number, Step>): void => {
    const feature = packed.column[node];
    if (feature < 0) return leaf(fromMargin(packed.value[node]), path);
    const before = path.get(feature) ?? { one: 1, zero: 1 };
    for (const left of [true, false]) {
      const { row, share } = edge(left, node, root);
      const step = { one: row ? before.one : 0, zero: before.zero * share };
      visit(root, root + packed.left[node] + (left ? 0 : 1), new Map(path).set(feature, step));
    }
  };
  for (let t = 0; t + 1 < packed.offsets.length; t++) visit(packed.offsets[t], packed.offsets[t], new Map());
}

function goesLeft(
  { packed }: TreeModel,
  columns: readonly Float32Array[],
  row: number,
  node: number,
): boolean {
  const x = columns[packed.column[node]][row];
  return x < packed.threshold[node] || (x !== x && packed.missingLeft[node] === 1);
}

/** Share of a node's cover that goes to a child. */
function shareOf({ packed }: TreeModel, left: boolean, node: number, root: number): number {
  const child = root + packed.left[node];
  const share = leftShare(packed.cover[child], packed.cover[child + 1]);
  return left ? share : 1 - share;
}
