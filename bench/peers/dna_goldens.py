"""First trees of XGBoost on YDF's dna.csv (StatLog splice junctions, 180 binary columns), for test/trees/dna.test.ts.

    python bench/peers/dna_goldens.py ../shared/data/tabular/ydf_dna.csv.gz > test/trees/goldens/dna.json

One-vs-rest logistic, base_score 0.5, no sampling, rows with index mod 5 != 4, three trees a class. With binary columns the
choice of cut points cannot matter. A node is [feature, gain, cover] or [leaf value, cover], in breadth-first order of the
tree, left (feature 0) before right.
"""

import json
import sys

import numpy as np
import polars as pl
import xgboost as xgb

CLASSES = ("n", "ei", "ie")

table = pl.read_csv(sys.argv[1])
label = table["LABEL"].to_list()
x = table.drop("LABEL").to_numpy().astype(np.float32)
rows = [i for i in range(len(label)) if i % 5 != 4]
parameters = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "base_score": 0.5,
    "eta": 0.3,
    "max_depth": 6,
    "lambda": 1,
    "min_child_weight": 1,
    "max_bin": 256,
    "nthread": 1,
}


def nodes(tree):
    out, level = [], [tree]
    while level:
        following = []
        for node in level:
            if "leaf" in node:
                out.append([node["leaf"], node["cover"]])
            else:
                out.append([int(node["split"][1:]), node["gain"], node["cover"]])
                children = {child["nodeid"]: child for child in node["children"]}
                following += [children[node["yes"]], children[node["no"]]]
        level = following
    return out


result = {"source": "xgboost " + xgb.__version__, "rows": len(rows), "trees": {}}
for name in CLASSES:
    y = np.array([label[i] == name for i in rows], dtype=np.float32)
    data = xgb.DMatrix(x[rows], label=y, feature_names=[f"f{i}" for i in range(x.shape[1])])
    booster = xgb.train(parameters, data, num_boost_round=3)
    dump = booster.get_dump(dump_format="json", with_stats=True)
    result["trees"][name] = [nodes(json.loads(tree)) for tree in dump]
print(json.dumps(result))
