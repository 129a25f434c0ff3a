"""Goldens of src/evaluation/leakage/association.ts: scikit-learn's and scipy's answers.

    python bench/peers/leakage_goldens.py > test/evaluation/leakage/goldens/association.json

Columns are small multiples of 1/8 from a linear congruential generator, stored with the answers: values and labels may tie, values may be
missing (null). Undefined answers are null.
"""

import json
import math
import platform
import warnings

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import mutual_info_score, roc_auc_score

warnings.simplefilter("ignore")


def generator(seed):
    state = seed
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 8


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def auc(values, positive):
    """Missing below all or above all, whichever is further from 0.5, above on a tie."""
    if positive.all() or not positive.any():
        return None
    missing = np.isnan(values)
    span = np.nanmax(values) - np.nanmin(values) + 1 if not missing.all() else 1
    low = np.where(missing, (np.nanmin(values) if not missing.all() else 0) - span, values)
    high = np.where(missing, (np.nanmax(values) if not missing.all() else 0) + span, values)
    below, above = roc_auc_score(positive, low), roc_auc_score(positive, high)
    return number(below if abs(below - 0.5) > abs(above - 0.5) + 1e-12 else above)


def answers(values, labels):
    present = ~np.isnan(values)
    x = values[present]
    result = {"auc": [], "pearson": [], "spearman": []}
    for c in range(3):
        positive = labels == c
        result["auc"].append(auc(values, positive))
        y = positive[present].astype(float)
        defined = len(x) > 1 and len(set(x)) > 1 and len(set(y)) > 1
        result["pearson"].append(number(stats.pearsonr(x, y)[0]) if defined else None)
        result["spearman"].append(number(stats.spearmanr(x, y)[0]) if defined else None)
    # Few distinct values: each is a bin.
    _, codes = np.unique(np.where(np.isnan(values), 1e9, values), return_inverse=True)
    result["mutualInformation"] = mutual_info_score(labels, codes) / math.log(2)
    return result


def case(seed, rows, distinct, missing, classes, follow):
    draw = generator(seed)
    labels = [next(draw) % classes for _ in range(rows)]
    values = []
    for label in labels:
        value = (next(draw) % distinct + follow * label) / 8 - 1
        values.append(None if next(draw) % 100 < missing else value)
    found = answers(np.array([math.nan if v is None else v for v in values]), np.array(labels))
    return {"values": values, "labels": labels, **found}


print(json.dumps({
    "versions": {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "sklearn": sklearn.__version__,
    },
    "cases": [
        case(1, 200, 20, 0, 3, 0),
        case(2, 200, 20, 15, 3, 2),
        case(3, 150, 3, 0, 3, 1),
        case(4, 150, 2, 60, 3, 1),
        case(5, 60, 12, 10, 2, 5),
        case(6, 30, 1, 50, 3, 0),
        case(7, 30, 1, 0, 3, 0),
        case(8, 20, 10, 0, 1, 0),
        case(9, 12, 8, 100, 3, 0),
        case(10, 120, 9, 5, 3, 10),
    ],
}))
