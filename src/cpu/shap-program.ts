/** Trees laid out for the SHAP kernels: plain data that can be posted to a worker. See assembly/shap.ts for the records. */
import { SpliceboostError } from "../numerics/errors.ts";
import { fromMargin } from "../numerics/fixed.ts";
import type { PredictableModel } from "../numerics/predictor.ts";

/** What is needed of a model: its trees, and how many training rows (by hessian) its nodes had. */
export interface ExplainableModel extends PredictableModel {
  readonly packed: PredictableModel["packed"] & { readonly cover: Float64Array };
}

/** One inner node. Leaves are values of their parents. */
export interface ShapNode {
  /** Place of the column among those used. */
  readonly place: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
  /** Share of the cover that goes left. */
  readonly share: number;
  /** Edges up to the nearest node above that splits the same column; 0 where there is none. */
  readonly back: number;
  /** Product of the shares of the column's edges above; 1 where there are none. */
  readonly above: number;
  /** Whether a node below splits the same column. */
  readonly again: boolean;
  /** An inner node, or the value of a leaf (log odds). */
  readonly left: ShapNode | number;
  readonly right: ShapNode | number;
}

/** One tree. */
export interface ShapTree {
  readonly root: ShapNode | number;
  /** Most different columns on a path. */
  readonly features: number;
  /** Edges of the longest path. */
  readonly depth: number;
  /** Value with no feature known, log odds: leaf values by the shares of the cover. */
  readonly mean: number;
}

/** Longest path that kernels take: they recurse. */
export const MAX_DEPTH = 1024;

/** Share of the cover that goes left. Where neither child has any, half: nothing is known of rows that were never seen. */
export function leftShare(left: number, right: number): number {
  const both = left + right;
  return both > 0 && Number.isFinite(both) ? left / both : 0.5;
}

/** Columns that any tree of the models splits on, ascending. */
export function usedColumns(models: readonly PredictableModel[]): Int32Array {
  const used = new Set<number>();
  for (const { packed } of models) for (const column of packed.column) if (column >= 0) used.add(column);
  return Int32Array.from(used).sort();
}

/** The trees of a model, with what their paths say of each node. */
export function shapTrees(model: ExplainableModel, used: Int32Array): ShapTree[] {
  const placeOf = new Map(Array.from(used, (column, place) => [column, place]));
  const { offsets } = model.packed;
  return Array.from({ length: offsets.length - 1 }, (_, t) => readTree(model, offsets[t], placeOf));
}

/** A column's edges on the path to a node. */
interface Above {
  /** Level of the node of the last such edge. */
  readonly level: number;
  readonly share: number;
}

function readTree(
  { packed }: ExplainableModel,
  root: number,
  placeOf: ReadonlyMap<number, number>,
): ShapTree {
  const { column, threshold, missingLeft, left, value, cover } = packed;
  const path = new Map<number, Above>();
  const tree = { features: 0, depth: 0, mean: 0 };

  const read = (
    node: number,
    level: number,
    reached: number,
  ): { node: ShapNode | number; columns: ReadonlySet<number> } => {
    if (column[node] < 0) {
      const leaf = fromMargin(value[node]);
      tree.features = Math.max(tree.features, path.size);
      tree.depth = Math.max(tree.depth, level);
      tree.mean += leaf * reached;
      return { node: leaf, columns: new Set() };
    }
    if (level >= MAX_DEPTH) throw tooDeep();
    const above = path.get(column[node]);
    const child = root + left[node];
    const share = leftShare(cover[child], cover[child + 1]);
    const [before, back] = above ? [above.share, level - above.level] : [1, 0];
    path.set(column[node], { level, share: before * share });
    const onLeft = read(child, level + 1, reached * share);
    path.set(column[node], { level, share: before * (1 - share) });
    const onRight = read(child + 1, level + 1, reached * (1 - share));
    if (above) path.set(column[node], above);
    else path.delete(column[node]);
    const below = new Set([...onLeft.columns, ...onRight.columns]);
    return {
      node: {
        place: placeOf.get(column[node])!,
        threshold: threshold[node],
        missingLeft: missingLeft[node] === 1,
        share,
        back,
        above: before,
        again: below.has(column[node]),
        left: onLeft.node,
        right: onRight.node,
      },
      columns: below.add(column[node]),
    };
  };
  const { node } = read(root, 0, 1);
  return { root: node, ...tree };
}

function tooDeep(): SpliceboostError {
  return new SpliceboostError(
    "runtime",
    `SHAP values are computed of trees of at most ${MAX_DEPTH} edges from root to leaf, found a deeper one; lower max_depth`,
  );
}
