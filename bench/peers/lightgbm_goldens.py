"""First trees of LightGBM on YDF's dna.csv (StatLog splice junctions, 180 binary columns), for test/trees/lightgbm-dna.test.ts.

    python bench/peers/lightgbm_goldens.py ../shared/data/tabular/ydf_dna.csv.gz > test/trees/goldens/lightgbm-dna.json

One-vs-rest, started from one half, no sampling, rows with index mod 5 != 4, three trees a class, leaf by leaf to 15 leaves; with
binary columns the choice of cut points cannot matter. Not 31 leaves: LightGBM tries no feature below a node that it could not
split by that feature, and with more leaves that once leaves out the best split (class ei, feature 101, 42 rows). A node is [feature, gain, hessian] or [leaf value, hessian], in
breadth-first order of the tree, left (feature 0) before right.
"""

import csv
import gzip
import json
import sys

import lightgbm as lgb
import numpy as np

CLASSES = ("n", "ei", "ie")
PARAMETERS = {
    "objective": "binary",
    "boost_from_average": False,
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "min_sum_hessian_in_leaf": 1e-3,
    "lambda_l2": 0,
    "min_data_in_bin": 1,
    "feature_pre_filter": False,
    "use_missing": False,
    "enable_bundle": False,
    "deterministic": True,
    "num_threads": 1,
    "verbosity": -1,
}


def nodes(tree):
    out, level = [], [tree]
    while level:
        following = []
        for node in level:
            if "leaf_value" in node:
                out.append([node["leaf_value"], node["leaf_weight"]])
            else:
                out.append([node["split_feature"], node["split_gain"], node["internal_weight"]])
                following += [node["left_child"], node["right_child"]]
        level = following
    return out


with gzip.open(sys.argv[1], "rt") as lines:
    header, *rows = csv.reader(lines)
rows = [row for i, row in enumerate(rows) if i % 5 != 4]
x = np.array([row[:-1] for row in rows], dtype=np.float32)
result = {"source": "lightgbm " + lgb.__version__, "rows": len(rows), "parameters": PARAMETERS, "trees": {}}
for name in CLASSES:
    y = np.array([row[-1] == name for row in rows], dtype=np.float32)
    booster = lgb.train(PARAMETERS, lgb.Dataset(x, label=y), num_boost_round=3)
    result["trees"][name] = [nodes(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
print(json.dumps(result))
