"""Goldens of base against meta: scikit-learn's metrics with a weight a gene, for inputs that test/evaluation/inputs.ts makes again.

    python bench/peers/comparison_goldens.py > test/evaluation/comparison/goldens/comparison.json

Gene g weighs (7 g + 3) mod 4: what a resample of genes does to the metrics. Scikit-learn has no top-k; it is tested elsewhere. Undefined
values are null.
"""

import contextlib
import io
import json
import platform
import warnings

import numpy as np
import sklearn
from sklearn import metrics

with contextlib.redirect_stdout(io.StringIO()):  # it prints its own goldens
    from metrics_goldens import BASE_THRESH, CASES, THRESHOLD, make_inputs, number

warnings.simplefilter("ignore")


def weighted(labels, p, weights, threshold):
    predicted = np.argmax(p, axis=1)
    options = {"labels": [0, 1, 2], "average": None, "zero_division": np.nan, "sample_weight": weights}
    f1 = metrics.f1_score(labels, predicted, **options)
    wide = p.astype(np.float64)
    total = wide.sum(axis=1, keepdims=True)
    normalised = np.where(total > 0, wide / np.where(total > 0, total, 1), 1 / 3)
    splice = p[:, 1] + p[:, 2]

    def ap(positive, scores):
        return metrics.average_precision_score(positive, scores, sample_weight=weights) if (positive * weights).any() else None

    site = labels > 0
    both = (site * weights).any() and (~site * weights).any()
    called = splice >= np.float32(threshold)
    return {
        "macroF1": number(np.nanmean(f1)),
        "f1Donor": number(f1[1]),
        "f1Acceptor": number(f1[2]),
        "f1Splice": number(metrics.f1_score(site, called, zero_division=np.nan, sample_weight=weights)),
        "apDonor": ap(labels == 1, p[:, 1]),
        "apAcceptor": ap(labels == 2, p[:, 2]),
        "apSplice": ap(site, splice),
        "aucSplice": metrics.roc_auc_score(site, splice, sample_weight=weights) if both else None,
        "logLoss": number(metrics.log_loss(labels, normalised, labels=[0, 1, 2], sample_weight=weights)),
    }


cases = []
for name, seed, rows, genes, bits, classes in CASES:
    labels, meta, scores, starts = make_inputs(seed, rows, genes, bits, classes)
    gene_weights = [(7 * g + 3) % 4 for g in range(genes)]
    weights = np.concatenate([np.full(b - a, w, dtype=float) for a, b, w in zip(starts, starts[1:], gene_weights)])
    base = np.column_stack([np.maximum(0, 1 - scores[:, 0].astype(float) - scores[:, 1]), scores]).astype(np.float32)
    cases.append({
        "name": name, "seed": seed, "rows": rows, "genes": genes, "bits": bits, "classes": classes,
        "base": weighted(labels, base, weights, BASE_THRESH),
        "meta": weighted(labels, meta, weights, THRESHOLD),
    })

print(json.dumps({
    "source": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, Python {platform.python_version()}",
    "baseThresh": BASE_THRESH,
    "threshold": THRESHOLD,
    "cases": cases,
}, allow_nan=False))
