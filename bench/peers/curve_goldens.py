"""Goldens of curves and thresholds: scikit-learn's ROC and precision-recall curves, areas with and without weights, the gain curve of
Flach and Kull (NIPS 2015) in its own coordinates, and thresholds by trying every score.

    python bench/peers/curve_goldens.py > test/evaluation/curves/goldens/curves.json

Inputs are those of metrics_goldens.py: only the recipe is stored. Undefined values are null.
"""

import json
import platform
import sys
import warnings

import numpy as np
import sklearn
from metrics_goldens import make_inputs
from sklearn import metrics

CASES = [
    # name, seed, rows, genes, bits of a score, class codes that occur
    ("plain", 1, 200, 20, 24, [0, 1, 2]),
    ("ties", 2, 300, 13, 3, [0, 1, 2]),
    ("zeros and ones", 3, 200, 7, 1, [0, 1, 2]),
    ("all equal", 4, 200, 5, 0, [0, 1, 2]),
    ("no acceptors", 5, 300, 6, 6, [0, 1]),
    ("sites only", 6, 60, 4, 5, [1, 2]),
    ("one gene", 8, 150, 1, 10, [0, 1, 2]),
    ("one donor row", 9, 1, 1, 24, [1]),
]
GOALS = {"precision": 0.6, "recall": 0.7}


def gain_curve(fp, tp, negatives, positives):
    """Precision gain against recall gain from recall gain 0 on, by interpolation between operating points in counts."""
    share = positives / (positives + negatives)

    def gains(true, false):
        precision, recall = true / (true + false), true / positives
        return (
            (recall - share) / ((1 - share) * recall),
            (precision - share) / ((1 - share) * precision),
        )

    points, before = [], (0.0, 0.0)
    for true, false in zip(tp, fp):
        if true / positives >= share:
            if not points and true / positives > share:
                part = (share * positives - before[0]) / (true - before[0])
                points.append((0.0, gains(share * positives, before[1] + part * (false - before[1]))[1]))
            points.append(gains(true, false))
        before = (true, false)
    x, y = np.array(points).T
    return x, y, float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))


def curves(positive, scores):
    precision, recall, _ = metrics.precision_recall_curve(positive, scores)
    out = {"pr": {"x": recall[:-1][::-1].tolist(), "y": precision[:-1][::-1].tolist()}}
    out["ap"] = float(metrics.average_precision_score(positive, scores))
    if positive.all():
        return {**out, "roc": None, "gain": None, "auc": None, "auprg": None}
    fpr, tpr, _ = metrics.roc_curve(positive, scores, drop_intermediate=False)
    negatives, positives = int(np.sum(~positive)), int(np.sum(positive))
    x, y, area = gain_curve(fpr[1:] * negatives, tpr[1:] * positives, negatives, positives)
    return {
        **out,
        "roc": {"x": fpr.tolist(), "y": tpr.tolist()},
        "gain": {"x": x.tolist(), "y": y.tolist()},
        "auc": float(metrics.roc_auc_score(positive, scores)),
        "auprg": area,
    }


def weighted_areas(positive, scores, weights):
    kept = weights > 0
    if positive[kept].all() or not positive[kept].any():
        return None
    repeated = np.repeat(np.arange(len(scores)), weights)
    positive, scores = positive[repeated], scores[repeated]
    return {name: curves(positive, scores)[name] for name in ("auc", "ap", "auprg")}


def thresholds(positive, scores):
    """Rows called and hits of the threshold that each goal chooses; null where it cannot be met. Ties go to the higher threshold."""
    tried = []
    for threshold in sorted(set(scores.tolist()), reverse=True):
        called = scores >= threshold
        hits = int(np.sum(called & positive))
        precision, recall = hits / int(called.sum()), hits / int(positive.sum())
        tried.append((threshold, int(called.sum()), hits, precision, recall))

    def best(allowed, value):
        allowed = [t for t in tried if t[2] > 0 and allowed(t)]
        top = max(allowed, key=lambda t: (value(t), t[0])) if allowed else None
        return top and {"lowest": top[0], "called": top[1], "hits": top[2]}

    every = int(positive.sum())
    return {
        "best-f1": best(lambda t: True, lambda t: t[2] / (t[1] + every)),
        "precision": best(lambda t: t[3] >= GOALS["precision"], lambda t: t[4]),
        "recall": best(lambda t: t[4] >= GOALS["recall"], lambda t: t[3]),
    }


def rounded(value):
    """Fourteen digits: the test compares twelve."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.14g}") if isinstance(value, float) else value


def main():
    warnings.simplefilter("ignore")
    cases = []
    for name, seed, rows, genes, bits, classes in CASES:
        labels, meta, _, starts = make_inputs(seed, rows, genes, bits, classes)
        splice = meta[:, 1] + meta[:, 2]
        assert splice.dtype == np.float32
        weights = np.repeat([(5 * g + 2) % 3 for g in range(genes)], np.diff(starts))
        expected = {}
        for scope, positive, scores in (
            ("neither", labels == 0, meta[:, 0]),
            ("donor", labels == 1, meta[:, 1]),
            ("acceptor", labels == 2, meta[:, 2]),
            ("splice", labels > 0, splice),
        ):
            expected[scope] = positive.any() and {
                **curves(positive, scores),
                "weighted": weighted_areas(positive, scores, weights),
                "thresholds": thresholds(positive, scores),
            }
            expected[scope] = expected[scope] or None
            if scope in ("neither", "acceptor") and expected[scope]:
                for curve in ("roc", "pr", "gain"):
                    del expected[scope][curve]  # areas are enough
        recipe = {"name": name, "seed": seed, "rows": rows, "genes": genes, "bits": bits, "classes": classes}
        cases.append({**recipe, "expected": expected})
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__}
    goldens = {"versions": versions, "goals": GOALS, "cases": cases}
    print(json.dumps(rounded(goldens), separators=(",", ":")), file=sys.stdout)


if __name__ == "__main__":
    main()
