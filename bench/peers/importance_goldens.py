"""Goldens of src/evaluation/importance: answers of scipy and scikit-learn, and Obuchowski's variance computed pair by pair.

    python bench/peers/importance_goldens.py > test/evaluation/importance/goldens/importance.json

Samples come from a linear congruential generator and are stored with the answers. Undefined values are null.
"""

import json
import math
import platform

import numpy as np
import scipy
import sklearn
from scipy import stats
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import mutual_info_score, roc_auc_score


def generator(seed):
    state = seed
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 8


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def correlated(seed, rows, features):
    """Columns of small integers that share factors, so that some are alike."""
    draw = generator(seed)
    factors = [[next(draw) % 7 for _ in range(rows)] for _ in range(3)]
    columns = []
    for f in range(features):
        noise = 1 + next(draw) % 9
        sign = 1 if next(draw) % 2 else -1
        columns.append([sign * value + next(draw) % noise for value in factors[f % 3]])
    return np.array(columns, dtype=float)


def clusters(seed, rows, features, cutoff):
    columns = correlated(seed, rows, features)
    similarity = np.abs(stats.spearmanr(columns, axis=1).statistic)
    distance = 1 - similarity
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), method="average")
    labels = fcluster(tree, 1 - cutoff, criterion="distance")
    order = list(dict.fromkeys(labels))
    groups = [[int(i) for i in np.flatnonzero(labels == label)] for label in order]
    return {
        "columns": columns.astype(int).tolist(),
        "similarity": similarity.flatten().tolist(),
        "cutoff": cutoff,
        "groups": groups,
    }


def signed_rank(name, differences):
    kept = [d for d in differences if d != 0]
    method = "exact" if len(kept) <= 50 else "asymptotic"
    answer = stats.wilcoxon(kept, method=method, correction=False)
    return {"name": name, "differences": differences, "p": number(answer.pvalue)}


def signed_ranks():
    draw = generator(11)
    # Sizes that differ, so that scipy's exact distribution holds.
    distinct = lambda n, shift: [(1 if next(draw) % 100 < shift else -1) * (i + 1) / 8 for i in range(n)]
    tied = lambda n, shift: [(next(draw) % 9 - 4 + shift) / 4 for i in range(n)]
    return [
        signed_rank("1 unit", [0.5]),
        signed_rank("6 units, one sign", [0.5, 1, 1.5, 2, 2.5, 3]),
        signed_rank("12 units", distinct(12, 60)),
        signed_rank("30 units and zeros", distinct(30, 70) + [0.0] * 5),
        signed_rank("50 units", distinct(50, 50)),
        signed_rank("80 units, tied, with zeros", tied(90, 0)),
        signed_rank("300 units, tied, shifted", tied(300, 2)),
    ]


def clustered(name, seed, genes, values, positive_share):
    """Values of two classes in genes; the variance after Obuchowski (Biometrics 53, 1997), every pair looked at."""
    draw = generator(seed)
    x, label, gene = [], [], []
    for g in range(genes):
        shift = next(draw) % 3
        for _ in range(1 + next(draw) % 12):
            positive = 1 if next(draw) % 100 < positive_share else 0
            x.append(next(draw) % values + shift + 2 * positive)
            label.append(positive)
            gene.append(g)
    x, label, gene = np.array(x, dtype=float), np.array(label), np.array(gene)
    pos, neg = x[label == 1], x[label == 0]
    m, n = len(pos), len(neg)
    kernel = (pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :])
    auc = kernel.mean()
    assert abs(auc - roc_auc_score(label, x)) < 1e-12
    v10, v01 = kernel.mean(axis=1), kernel.mean(axis=0)
    size = lambda side: np.array([np.sum(gene[label == side] == g) for g in range(genes)])
    ms, ns = size(1), size(0)
    sums = lambda v, side: np.array([v[gene[label == side] == g].sum() for g in range(genes)])
    dx, dy = sums(v10, 1) - ms * auc, sums(v01, 0) - ns * auc
    i10, i01, i = np.sum(ms > 0), np.sum(ns > 0), np.sum(ms + ns > 0)
    s10 = i10 / ((i10 - 1) * m) * np.sum(dx**2)
    s01 = i01 / ((i01 - 1) * n) * np.sum(dy**2)
    s11 = i / (i - 1) * np.sum(dx * dy)
    variance = s10 / m + s01 / n + 2 * s11 / (m * n)
    within = [
        number(roc_auc_score(label[gene == g], x[gene == g])) if ms[g] and ns[g] else None for g in range(genes)
    ]
    return {
        "name": name,
        "values": x.astype(int).tolist(),
        "labels": label.tolist(),
        "geneOf": gene.tolist(),
        "genes": genes,
        "auc": number(auc),
        "standardError": number(math.sqrt(variance)),
        "withinGene": within,
        "mutualInformation": mutual_info_score(x, label) / math.log(2),
    }


print(
    json.dumps(
        {
            "source": f"scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, "
            f"numpy {np.__version__}, Python {platform.python_version()}",
            "clusters": [
                clusters(1, 40, 9, 0.7),
                clusters(2, 60, 12, 0.5),
                clusters(3, 25, 15, 0.3),
                clusters(4, 30, 3, 0.9),
            ],
            "signedRanks": signed_ranks(),
            "clustered": [
                clustered("many values", 5, 12, 1000, 30),
                clustered("ties", 6, 15, 4, 40),
                clustered("few positives", 7, 20, 9, 8),
            ],
        }
    )
)
