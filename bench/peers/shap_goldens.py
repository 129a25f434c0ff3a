"""Goldens of SHAP values: XGBoost's path-dependent and the shap package's interventional values of small boosted models.

    python bench/peers/shap_goldens.py > test/trees/shap/goldens/shap.json

Models are trained by XGBoost on random numbers, some missing; their leaf values are rounded to multiples of 2^-20, the grid of margins,
before anything is asked of them. Trees are stored as arrays by node, the right child behind the left one.
"""

import json
import platform
import sys

import numpy as np
import shap
import xgboost as xgb

GRID = 2**20
CASES = [
    # name, seed, features, trees, depth, share of missing values
    ("one split", 1, 3, 1, 1, 0.0),
    ("few features, split again and again", 2, 3, 6, 5, 0.1),
    ("depth 6", 3, 8, 10, 6, 0.1),
    ("deeper than a vector of points", 4, 20, 2, 12, 0.2),
]
ROWS, BACKGROUND, TRAIN = 8, 12, 600


def values(draw, rows, features, missing):
    """Multiples of 1/64, short in JSON and exact in f32."""
    x = np.round(draw.normal(size=(rows, features)) * 64) / 64
    x[draw.random(x.shape) < missing] = np.nan
    return x.astype(np.float32)


def train(draw, features, trees, depth, missing):
    x = values(draw, TRAIN, features, missing)
    weights = draw.normal(size=features)
    y = (np.nan_to_num(x) @ weights + np.nan_to_num(x[:, 0] * x[:, 1]) + draw.normal(size=TRAIN) > 0).astype(int)
    parameters = {"objective": "binary:logistic", "max_depth": depth, "eta": 0.3, "base_score": 0.5, "lambda": 0.5}
    booster = xgb.train({**parameters, "min_child_weight": 0.1}, xgb.DMatrix(x, y), trees)
    model = json.loads(booster.save_raw("json"))
    found = model["learner"]["gradient_booster"]["model"]["trees"]
    for tree in found:
        for node, left in enumerate(tree["left_children"]):
            if left < 0:
                tree["split_conditions"][node] = round(tree["split_conditions"][node] * GRID) / GRID
            else:
                assert tree["right_children"][node] == left + 1
    return xgb.Booster(model_file=bytearray(json.dumps(model).encode())), found


def stored(tree):
    leaf = [left < 0 for left in tree["left_children"]]
    return {
        "column": [-1 if end else column for end, column in zip(leaf, tree["split_indices"])],
        "threshold": [0 if end else x for end, x in zip(leaf, tree["split_conditions"])],
        "value": [round(x * GRID) if end else 0 for end, x in zip(leaf, tree["split_conditions"])],
        "missingLeft": [int(x) for x in tree["default_left"]],
        "left": tree["left_children"],
        "cover": tree["sum_hessian"],
    }


def short(x):
    """Nine digits bring f32 back; missing is null."""
    return [[None if np.isnan(v) else float(f"{v:.9g}") for v in row] for row in np.asarray(x, np.float64)]


cases = []
for name, seed, features, trees, depth, missing in CASES:
    draw = np.random.default_rng(seed)
    booster, found = train(draw, features, trees, depth, missing)
    rows, background = values(draw, ROWS, features, missing), values(draw, BACKGROUND, features, missing)
    path = booster.predict(xgb.DMatrix(rows), pred_contribs=True)
    explainer = shap.TreeExplainer(booster, background, feature_perturbation="interventional", model_output="raw")
    cases.append({
        "name": name,
        "features": features,
        "trees": [stored(tree) for tree in found],
        "rows": short(rows),
        "background": short(background),
        "path_dependent": {"bias": float(path[0, -1]), "phi": short(path[:, :-1])},
        "interventional": {
            "bias": float(np.ravel(explainer.expected_value)[0]),
            "phi": short(explainer.shap_values(rows, check_additivity=False)),
        },
    })

versions = {"python": platform.python_version(), "xgboost": xgb.__version__, "shap": shap.__version__}
json.dump({"versions": versions, "cases": cases}, sys.stdout, indent=None, separators=(",", ":"))
print()
