"""Goldens of the metrics: scikit-learn's answers for inputs that test/evaluation/inputs.ts makes again bit for bit.

    python bench/peers/metrics_goldens.py > test/evaluation/goldens/metrics.json

Only the recipe of each input is stored, never the input. Top-k is not in scikit-learn; it is computed here in exact
fractions. Undefined values are null.
"""

import json
import math
import platform
import sys
import warnings
from fractions import Fraction

import numpy as np
import sklearn
from sklearn import metrics

CASES = [
    # name, seed, rows, genes, bits of a score, class codes that occur
    ("plain", 1, 3000, 20, 24, [0, 1, 2]),
    ("ties", 2, 2000, 13, 3, [0, 1, 2]),
    ("zeros and ones", 3, 500, 7, 1, [0, 1, 2]),
    ("all equal", 4, 300, 5, 0, [0, 1, 2]),
    ("no acceptors", 5, 400, 6, 6, [0, 1]),
    ("sites only", 6, 100, 4, 5, [1, 2]),
    ("neither only", 7, 50, 3, 8, [0]),
    ("one gene", 8, 200, 1, 10, [0, 1, 2]),
    ("one donor row", 9, 1, 1, 24, [1]),
    ("one row of neither", 10, 1, 1, 24, [0]),
]
THRESHOLD = 0.7
BASE_THRESH = 0.5


def generator(seed):
    """Numerical Recipes' 32-bit linear congruential generator; yields the high 24 bits."""
    state = seed
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 8


def make_inputs(seed, rows, genes, bits, classes):
    draw = generator(seed)
    labels = np.zeros(rows, dtype=np.int64)
    scores = np.zeros((rows, 5), dtype=np.float32)  # meta neither, donor, acceptor, base donor, acceptor
    for row in range(rows):
        kind = next(draw) >> 20
        label = 1 if kind == 1 else 2 if kind == 2 else 0
        labels[row] = label if label in classes else classes[0]
        own = {labels[row], labels[row] + 2 if labels[row] > 0 else 0}
        for column in range(5):
            score = next(draw) >> (24 - bits)
            if column in own:
                score = max(score, next(draw) >> (24 - bits))
            scores[row, column] = score / 2**bits
    starts = [g * rows // genes for g in range(genes + 1)]
    return labels, scores[:, :3], scores[:, 3:], starts


def top_k(labels, scores, site):
    """Share of true sites among the k best rows; a tie at the last places counts its expected share."""
    k = int(np.sum(labels == site))
    if k == 0:
        return None
    hits, places = Fraction(0), k
    for score in sorted(set(scores.tolist()), reverse=True):
        tied = scores == score
        taken = min(places, int(tied.sum()))
        hits += Fraction(taken * int(np.sum(labels[tied] == site)), int(tied.sum()))
        places -= taken
    return hits / k


def mean(values):
    values = [v for v in values if v is not None]
    return float(sum(values) / len(values)) if values else None


def top_k_by_gene(labels, scores, site, starts):
    return mean([top_k(labels[a:b], scores[a:b], site) for a, b in zip(starts, starts[1:])])


def ranking(positive, scores):
    if not positive.any():
        return None, None
    auc = None if positive.all() else metrics.roc_auc_score(positive, scores)
    return metrics.average_precision_score(positive, scores), auc


def splice_metrics(labels, p, threshold):
    scores = p[:, 1] + p[:, 2]
    assert scores.dtype == np.float32
    positive, called = labels > 0, scores >= np.float32(threshold)
    ap, auc = ranking(positive, scores)
    return {
        "f1": number(metrics.f1_score(positive, called, zero_division=np.nan)),
        "ap": ap,
        "auc": auc,
        "falsePositives": int(np.sum(called & ~positive)),
        "falseNegatives": int(np.sum(positive & ~called)),
    }


def model_metrics(labels, p, starts, threshold):
    names = ("neither", "donor", "acceptor")
    predicted = np.argmax(p, axis=1)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        labels, predicted, labels=[0, 1, 2], zero_division=np.nan
    )
    wide = p.astype(np.float64)
    total = wide.sum(axis=1, keepdims=True)
    normalised = np.where(total > 0, wide / np.where(total > 0, total, 1), 1 / 3)
    ranked = [ranking(labels == c, p[:, c]) for c in range(3)]
    donor, acceptor = (top_k_by_gene(labels, p[:, c], c, starts) for c in (1, 2))
    both = [v for v in (donor, acceptor) if v is not None]
    pooled = [top_k(labels, p[:, c], c) for c in (1, 2)]
    macro_ap = None if None in (ranked[1][0], ranked[2][0]) else (ranked[1][0] + ranked[2][0]) / 2
    return {
        "accuracy": metrics.accuracy_score(labels, predicted),
        "macroF1": metrics.f1_score(labels, predicted, average="macro"),
        "precision": dict(zip(names, map(number, precision))),
        "recall": dict(zip(names, map(number, recall))),
        "f1": dict(zip(names, map(number, f1))),
        "ap": dict(zip(names, [r[0] for r in ranked])),
        "auc": dict(zip(names, [r[1] for r in ranked])),
        "macroAp": macro_ap,
        "logLoss": metrics.log_loss(labels, normalised, labels=[0, 1, 2]),
        "brier": metrics.brier_score_loss(labels, normalised, labels=[0, 1, 2], scale_by_half=False),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=[0, 1, 2]).tolist(),
        "topKDonor": donor,
        "topKAcceptor": acceptor,
        "topK": sum(both) / len(both) if both else None,
        "topKGenes": sum(bool((labels[a:b] > 0).any()) for a, b in zip(starts, starts[1:])),
        "pooledTopKDonor": None if pooled[0] is None else float(pooled[0]),
        "pooledTopKAcceptor": None if pooled[1] is None else float(pooled[1]),
        "splice": splice_metrics(labels, p, threshold),
    }


def evaluate(labels, p, base, starts):
    d, a = base[:, 0].astype(np.float64), base[:, 1].astype(np.float64)
    b = np.stack([np.maximum(0, 1 - d - a), d, a], axis=1).astype(np.float32)
    base_called = b[:, 1] + b[:, 2] >= np.float32(BASE_THRESH)
    meta_called = p[:, 1] + p[:, 2] >= np.float32(THRESHOLD)
    site = labels > 0
    return {
        **model_metrics(labels, p, starts, THRESHOLD),
        "testRows": len(labels),
        "testGenes": len(starts) - 1,
        "base": {
            **model_metrics(labels, b, starts, BASE_THRESH),
            "falsePositivesRescued": int(np.sum(~site & base_called & ~meta_called)),
            "falsePositivesIntroduced": int(np.sum(~site & ~base_called & meta_called)),
            "falseNegativesRescued": int(np.sum(site & ~base_called & meta_called)),
            "falseNegativesIntroduced": int(np.sum(site & base_called & ~meta_called)),
        },
    }


def number(value):
    return None if math.isnan(value) else float(value)


def main():
    warnings.simplefilter("ignore")
    cases = []
    for name, seed, rows, genes, bits, classes in CASES:
        recipe = {"name": name, "seed": seed, "rows": rows, "genes": genes, "bits": bits, "classes": classes}
        cases.append({**recipe, "expected": evaluate(*make_inputs(seed, rows, genes, bits, classes))})
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__}
    json.dump(
        {"versions": versions, "threshold": THRESHOLD, "baseThresh": BASE_THRESH, "cases": cases},
        sys.stdout,
        indent=1,
    )
    print()


if __name__ == "__main__":
    main()
