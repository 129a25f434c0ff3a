"""Goldens of calibration: scikit-learn's and scipy's answers for inputs that test/ensemble/calibration/inputs.ts makes again
bit for bit.

    python bench/peers/calibration_goldens.py > test/ensemble/calibration/goldens/calibration.json

Only the recipe of each input is stored. Platt's smoothed targets are given to scikit-learn as two weighted rows a row, so that its
unpenalised logistic regression has the same optimum.
"""

import json
import math
import platform
import sys
import warnings

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize
from sklearn.calibration import _sigmoid_calibration, calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

CASES = [
    # name, seed, rows, bits of a score, scale: the label's log-odds are scale times the score's
    ("calibrated", 1, 4000, 24, 1),
    ("too sure", 2, 4000, 24, 0.5),
    ("ties", 3, 3000, 4, 1),
    ("few rows", 4, 40, 10, 1),
    ("against the order", 5, 1000, 12, -0.5),
]
BINS = 10


def generator(seed):
    """Numerical Recipes' 32-bit linear congruential generator; yields the high 24 bits."""
    state = seed
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state >> 8


def make_inputs(seed, rows, bits, scale):
    """Scores from -4 to 4 in log-odds; the chance of a positive is 1/2 + scale * score / 8, exact in f64."""
    draw = generator(seed)
    scores = np.zeros(rows)
    labels = np.zeros(rows, dtype=int)
    for row in range(rows):
        scores[row] = (next(draw) >> (24 - bits)) / 2 ** (bits - 3) - 4
        labels[row] = next(draw) / 2**24 < 0.5 + scale * scores[row] / 8
    return scores, labels


def smoothed(labels):
    positives = labels.sum()
    return np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2))


def logistic(columns, targets, intercept=True):
    """Unpenalised fit to fractional targets: each row counts as a positive of weight t and a negative of weight 1 - t."""
    X = np.column_stack(columns)
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-13, max_iter=1000, fit_intercept=intercept)
    model.fit(np.vstack([X, X]), np.r_[np.ones(len(X)), np.zeros(len(X))], sample_weight=np.r_[targets, 1 - targets])
    return model.coef_[0].tolist(), float(model.intercept_[0]) if intercept else 0.0


def loss_of(z, targets):
    return float(np.sum(np.logaddexp(0, z) - targets * z))


def bounded(columns, targets, bounds, start):
    """The optimum within bounds, by scipy, for fits that push against one."""
    X = np.column_stack([*columns, np.ones(len(targets))])

    def loss(theta):
        z = X @ theta
        return loss_of(z, targets), X.T @ (1 / (1 + np.exp(-z)) - targets)

    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-10})
    return found.x.tolist(), float(found.fun)


def fits(scores, labels):
    targets = smoothed(labels)
    minus = -np.log1p(np.exp(-scores))  # ln p
    plus = np.log1p(np.exp(scores))  # -ln(1 - p)
    platt, platt_intercept = logistic([scores], targets)
    beta, beta_c = logistic([minus, plus], targets)
    a, b = _sigmoid_calibration(scores, labels)
    free = platt[0] >= 0 and min(beta) >= 0
    temperature, _ = logistic([scores], targets, intercept=False)
    bounds = [(0, 100), (0, 100), (None, None)]
    beta_bounded, beta_loss = bounded([minus, plus], targets, bounds, [1, 1, 0])
    platt_bounded, platt_loss = bounded([scores], targets, [(0, 100), (None, None)], [1, 0])
    iso = IsotonicRegression(out_of_bounds="clip").fit(scores, labels)
    grid = np.linspace(-4.5, 4.5, 37)
    return {
        "platt": [platt[0], platt_intercept] if free else None,
        "sigmoidCalibration": [-a, -b],
        "temperature": temperature[0],
        "beta": [*beta, beta_c] if free else None,
        "betaLoss": beta_loss,
        "betaBounded": beta_bounded,
        "plattLoss": platt_loss,
        "plattBounded": platt_bounded,
        "isotonic": {"x": grid.tolist(), "y": iso.predict(grid).tolist()},
    }


def measures(scores, labels):
    p = 1 / (1 + np.exp(-scores))
    p = np.round(p * 2**20) / 2**20  # multiples that f32 holds
    curves = {}
    for kind, strategy in (("equalMass", "quantile"), ("equalWidth", "uniform")):
        observed, predicted = calibration_curve(labels, p, n_bins=BINS, strategy=strategy)
        edges = np.percentile(p, np.linspace(0, 1, BINS + 1) * 100) if strategy == "quantile" else np.linspace(0, 1, BINS + 1)
        member = np.searchsorted(edges[1:-1], p)
        counts = [int(np.sum(member == k)) for k in range(BINS) if np.any(member == k)]
        gaps = np.abs(observed - predicted)
        curves[kind] = {
            "observed": observed.tolist(),
            "predicted": predicted.tolist(),
            "rows": counts,
            "ece": float(np.dot(counts, gaps) / len(p)),
            "mce": float(gaps.max()),
        }
    x = np.clip(np.log(p / (1 - p)), -math.log(2**20 - 1), math.log(2**20 - 1))
    (slope,), intercept = logistic([x], labels.astype(float))
    return {
        **curves,
        "logLoss": float(log_loss(labels, p)),
        "brier": float(brier_score_loss(labels, p)),
        "slope": slope,
        "intercept": intercept,
    }


def main():
    warnings.simplefilter("ignore")
    cases = []
    for name, seed, rows, bits, scale in CASES:
        scores, labels = make_inputs(seed, rows, bits, scale)
        cases.append(
            {
                "name": name,
                "seed": seed,
                "rows": rows,
                "bits": bits,
                "scale": scale,
                "fits": fits(scores, labels),
                "measures": measures(scores, labels),
            }
        )
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    }
    json.dump({"versions": versions, "bins": BINS, "cases": cases}, sys.stdout, indent=1)
    print()


main()
