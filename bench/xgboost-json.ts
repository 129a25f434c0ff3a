/** A trained classifier as XGBoost's JSON model, so that a peer can predict with the very same trees. */
import type { TreeModel } from "../src/trees/tree-model.ts";
import { fromMargin } from "../src/numerics/fixed.ts";

/** XGBoost refuses integers where it expects floats. */
const float = (
  x: number,
): string => (Number.isFinite(x) ? x.toExponential() : x > 0 ? "3.4028234e38" : "-3.4028234e38");
const floats = (values: Iterable<number>): string => `[${Array.from(values, float).join(",")}]`;
const integers = (values: Iterable<number>): string => `[${Array.from(values).join(",")}]`;

/** The model's text; base score 0.5, the base margin is added to the first tree's leaves. */
export function xgboostJson(model: TreeModel): string {
  const features = model.featureNames.length;
  const trees = Array.from({ length: model.treeCount }, (_, t) => {
    const { column, threshold, missingLeft, left, value, gain, cover } = model.tree(t);
    const size = column.length;
    const parents = new Array<number>(size).fill(2147483647);
    left.forEach((child, node) => child >= 0 && (parents[child] = parents[child + 1] = node));
    const base = t === 0 ? model.baseMargin : 0;
    const zeros = new Array<number>(size).fill(0);
    return `{"id":${t},"tree_param":{"num_deleted":"0","num_feature":"${features}","num_nodes":"${size}","size_leaf_vector":"1"},` +
      `"left_children":${integers(left)},"right_children":${
        integers(Array.from(left, (child) => (child < 0 ? -1 : child + 1)))
      },` +
      `"parents":${integers(parents)},"split_indices":${
        integers(Array.from(column, (c) => Math.max(0, c)))
      },` +
      `"split_conditions":${
        floats(Array.from(column, (c, i) => (c < 0 ? fromMargin(value[i] + base) : threshold[i])))
      },` +
      `"default_left":${integers(missingLeft)},"base_weights":${floats(zeros)},"loss_changes":${
        floats(gain)
      },` +
      `"sum_hessian":${floats(cover)},"split_type":${
        integers(zeros)
      },"categories":[],"categories_nodes":[],` +
      `"categories_segments":[],"categories_sizes":[]}`;
  });
  const count = model.treeCount;
  return `{"version":[2,1,0],"learner":{"attributes":{},"feature_names":[],"feature_types":[],` +
    `"learner_model_param":{"base_score":"5E-1","boost_from_average":"1","num_class":"0","num_feature":"${features}","num_target":"1"},` +
    `"objective":{"name":"binary:logistic","reg_loss_param":{"scale_pos_weight":"1"}},"gradient_booster":{"name":"gbtree","model":{` +
    `"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"${count}"},` +
    `"iteration_indptr":${integers(Array.from({ length: count + 1 }, (_, i) => i))},"tree_info":${
      integers(new Array(count).fill(0))
    },` +
    `"trees":[${trees.join(",")}]}}}}`;
}
