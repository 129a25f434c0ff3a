"""Goldens of src/statistics: scipy's and scikit-learn's answers.

    python bench/peers/statistics_goldens.py > test/statistics/goldens/statistics.json

Samples are multiples of 1/64 from a linear congruential generator, stored with the answers. Undefined values are null.
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


def distributions():
    zs = [-37.0, -10.0, -6.5, -3.0, -1.96, -0.5, -1e-9, 0.0, 1e-3, 0.7, 1.0, 2.5758, 5.0, 8.5]
    ps = [1e-300, 1e-20, 1e-8, 0.001, 0.02425, 0.025, 0.2, 0.5, 0.7, 0.975, 0.9999, 1 - 1e-12]
    dfs = [1, 2, 3.5, 4, 9, 30, 1000]
    ts = [-50.0, -12.706, -2.0, -0.1, 0.0, 0.3, 1.0, 2.776, 40.0]
    return {
        "normalCdf": [[z, stats.norm.cdf(z)] for z in zs],
        "normalTwoSided": [[z, 2 * stats.norm.sf(abs(z))] for z in zs],
        "normalQuantile": [[p, stats.norm.ppf(p)] for p in ps],
        "studentCdf": [[t, df, stats.t.cdf(t, df)] for t in ts for df in dfs],
        "studentTwoSided": [[t, df, 2 * stats.t.sf(abs(t), df)] for t in ts for df in dfs],
        "studentQuantile": [[p, df, stats.t.ppf(p, df)] for p in [0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9995] for df in dfs],
        "chiSquareUpper": [[x, df, stats.chi2.sf(x, df)] for x in [0.0, 0.01, 1.0, 3.84, 20.0, 200.0] for df in [1, 2, 5, 50]],
    }


def samples():
    cases = []
    for name, seed, n, levels in [
        ("plain", 1, 60, 2**12),
        ("ties", 2, 80, 7),
        ("binary", 3, 50, 2),
        ("constant", 4, 12, 1),
        ("two values", 5, 2, 2**12),
        ("one group of one", 6, 15, 64),
    ]:
        draw = generator(seed)
        x = [(next(draw) % levels - levels // 2) / 64 for _ in range(n)]
        y = [(next(draw) % levels + (i % 3 if levels > 1 else 0)) / 64 for i in range(n)]
        group = [1 if i == 3 else 0 for i in range(n)] if name == "one group of one" else [next(draw) % 5 // 3 for _ in range(n)]
        a = [v for v, g in zip(x, group) if g == 1]
        b = [v for v, g in zip(x, group) if g == 0]
        both = len(a) > 0 and len(b) > 0
        test = stats.mannwhitneyu(a, b, alternative="two-sided", method="asymptotic") if both else None
        cases.append({
            "name": name,
            "x": x,
            "y": y,
            "group": group,
            "pearson": number(stats.pearsonr(x, y).statistic),
            "spearman": number(stats.spearmanr(x, y).statistic),
            "ranks": stats.rankdata(x).tolist(),
            "u": number(test.statistic) if both else None,
            "p": number(test.pvalue) if both and len(set(x)) > 1 else None,
            "auc": number(roc_auc_score(group, x)) if both else None,
            "mutualInformation": mutual_info_score(x_codes(x), x_codes(y)) / math.log(2),
            "entropy": stats.entropy(np.unique(x, return_counts=True)[1], base=2),
            "quantiles": np.quantile(x, [0, 0.025, 0.25, 0.5, 0.9, 1]).tolist(),
            "variance": number(np.var(x, ddof=1)),
        })
    return cases


def x_codes(values):
    return [str(v) for v in values]


def corrections():
    # Holm by hand, as statsmodels has it; Benjamini-Hochberg by scipy.
    out = []
    for p in [[0.01, 0.04, 0.03, 0.005], [0.5], [1.0, 1.0, 0.2], [0.02, 0.02, 0.02], [1e-10, 0.9, 0.049, 0.6, 0.001]]:
        order = sorted(range(len(p)), key=lambda i: p[i])
        holm, least = [0.0] * len(p), 0.0
        for rank, i in enumerate(order):
            least = max(least, min(1.0, p[i] * (len(p) - rank)))
            holm[i] = least
        out.append({"p": p, "holm": holm, "benjaminiHochberg": stats.false_discovery_control(p, method="bh").tolist()})
    return out


def sign_flips():
    out = []
    for d in [[1.0, 2.0, -0.5, 3.0, 1.5], [1.0, -1.0, 2.0, -2.0], [0.25] * 8, [3.0, 1.0]]:
        test = stats.permutation_test((np.array(d),), np.mean, permutation_type="samples", n_resamples=np.inf)
        out.append({"differences": d, "p": test.pvalue})
    return out


def corrected_t():
    # Nadeau and Bengio's formula in numpy; the t distribution is scipy's.
    out = []
    for d, ratio in [([0.1, 0.2, 0.15, 0.05, 0.12], 0.25), ([-3.0, 1.0], 1.0), ([0.01, -0.02, 0.015, 0.0], 1 / 3)]:
        x = np.array(d)
        error = math.sqrt((1 / len(x) + ratio) * x.var(ddof=1))
        t = x.mean() / error
        out.append({"differences": d, "testOverTrain": ratio, "standardError": error, "t": t, "p": 2 * stats.t.sf(abs(t), len(x) - 1)})
    return out


def bca():
    draw = generator(9)
    x = np.array([math.log(1 + next(draw)) for _ in range(40)])
    x = np.round(np.exp(x - 10) * 1024) / 1024
    resampled = np.array([x[[next(draw) % 40 for _ in range(40)]].mean() for _ in range(999)])
    left_out = np.array([np.delete(x, i).mean() for i in range(40)])
    value = x.mean()
    bias = stats.norm.ppf(((resampled < value).sum() + 0.5 * (resampled == value).sum()) / len(resampled))
    influence = left_out.mean() - left_out
    acceleration = (influence**3).sum() / (6 * (influence**2).sum() ** 1.5)
    ends = []
    for tail in (0.025, 0.975):
        z = bias + stats.norm.ppf(tail)
        ends.append(float(np.quantile(resampled, stats.norm.cdf(bias + z / (1 - acceleration * z)))))
    theirs = stats.bootstrap((x,), np.mean, n_resamples=20000, method="BCa", random_state=np.random.default_rng(1)).confidence_interval
    return {
        "x": x.tolist(),
        "value": float(value),
        "resampled": resampled.tolist(),
        "leftOut": left_out.tolist(),
        "acceleration": float(acceleration),
        "interval": ends,
        "scipyBootstrap": [float(theirs.low), float(theirs.high)],
    }


print(json.dumps({
    "source": f"scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, numpy {np.__version__}, Python {platform.python_version()}",
    "distributions": distributions(),
    "samples": samples(),
    "corrections": corrections(),
    "signFlips": sign_flips(),
    "correctedT": corrected_t(),
    "bca": bca(),
}, allow_nan=False))
