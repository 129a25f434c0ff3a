"""Goldens of logistic regression: scikit-learn's coefficients on features standardised as docs/linear.md says, to the optimum.

    python bench/peers/linear_goldens.py DATA_DIR > test/linear/goldens/logistic.json

Inputs of the random cases come from a linear congruential generator, which test/linear/golden-inputs.ts repeats: only the recipe is stored.
DATA_DIR holds uci_splice.data.gz and ydf_adult_train.csv.gz; of these only coefficients are stored. Every optimum is checked by its conditions.
"""

import json
import platform
import sys
import warnings

import numpy as np
import pandas as pd
import scipy
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_class_weight

CASES = [
    # name, seed, rows, dense, counts, classes, missing share, weighted, penalty, C, l1_ratio, class_weight
    ("l2", 1, 160, 5, 3, 2, 0, False, "l2", 1.0, None, None),
    ("l2, weights with zeros", 2, 160, 5, 3, 2, 0, True, "l2", 0.05, None, None),
    ("l2, balanced, weights", 3, 200, 4, 4, 2, 0, True, "l2", 2.0, None, "balanced"),
    ("l2, by class", 4, 200, 4, 4, 3, 0, False, "l2", 1.0, None, {"0": 2.0, "2": 0.5}),
    ("l2, missing", 5, 200, 5, 3, 2, 0.1, False, "l2", 1.0, None, None),
    ("l2, more features than rows", 6, 30, 25, 25, 2, 0, False, "l2", 1.0, None, None),
    ("none", 7, 300, 4, 3, 2, 0, False, "none", None, None, None),
    ("none, weights", 8, 300, 4, 3, 2, 0, True, "none", None, None, None),
    ("l1", 9, 160, 6, 6, 2, 0, False, "l1", 0.3, None, None),
    ("l1, weights, missing", 10, 160, 6, 6, 2, 0.15, True, "l1", 0.3, None, None),
    ("l1, more features than rows", 11, 40, 30, 20, 2, 0, False, "l1", 0.5, None, None),
    ("l1, three classes, balanced", 12, 200, 5, 5, 3, 0, False, "l1", 0.5, None, "balanced"),
    ("elastic net", 13, 160, 6, 6, 2, 0, False, "elasticnet", 0.5, 0.3, None),
    ("elastic net, balanced, weights", 14, 160, 6, 6, 2, 0, True, "elasticnet", 0.2, 0.8, "balanced"),
]


class Uniform:
    """Numerical Recipes' generator; u in [0, 1)."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state / 2**32


def make_inputs(seed, rows, dense, counts, classes, missing, weighted):
    """Columns of numbers with offsets and of mostly zeros, labels that lean on the first of each, weights of which some are 0."""
    u = Uniform(seed)
    x = np.empty((rows, dense + counts), np.float32)
    y = np.empty(rows, int)
    weight = np.ones(rows)
    for i in range(rows):
        for j in range(dense):
            x[i, j] = (u() - 0.5) * (j + 1) + 10 * j
        for j in range(dense, dense + counts):
            v = u()
            x[i, j] = 0 if v < 0.7 else int((v - 0.7) * 10) + 1
        lean = float(x[i, 0]) + 0.3 * float(x[i, dense]) + u() - 0.5
        y[i] = min(classes - 1, max(0, int((lean + 1) * classes / 2.5)))
        if weighted:
            weight[i] = int(u() * 4) / 2
        for j in range(dense + counts):
            if j % 2 == 0 and missing > 0 and u() < missing:
                x[i, j] = np.nan
    return x, y, weight


def standardise(x, weight):
    """Missing values by the mean rounded to f32, indicators behind, (x - mean) / sd by weighted moments; constants become 0."""
    x = x.astype(float)
    seen = weight > 0
    indicators = []
    for j in range(x.shape[1]):
        absent = np.isnan(x[:, j])
        if not absent[seen].any():
            continue
        own = seen & ~absent
        x[absent, j] = np.float32(np.average(x[own, j], weights=weight[own])) if own.any() else 0
        indicators.append(absent.astype(float))
    if indicators:
        x = np.column_stack([x, *indicators])
    mean = np.average(x, axis=0, weights=weight)
    scale = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=weight))
    constant = (x[seen] == x[seen][0]).all(axis=0)
    z = np.where(constant, 0, (x - mean) / np.where(constant, 1, scale))
    return z, mean, np.where(constant, 0, scale)


def violation(z, t, s, w, b, penalty, C, l1_ratio):
    """Largest violation of the conditions of optimality, of the objective over C times the sum of weights."""
    p = 1 / (1 + np.exp(-(z @ w + b)))
    total = s.sum()
    r = s * (p - t) / total
    strength = 0 if penalty == "none" else 1 / (C * total)
    l1 = strength * {"l2": 0, "none": 0, "l1": 1, "elasticnet": l1_ratio}[penalty]
    g = z.T @ r + (strength - l1) * w
    own = np.where(w != 0, np.abs(g + np.sign(w) * l1), np.maximum(0, np.abs(g) - l1))
    return max(own.max(), abs(r.sum()))


def optimum(z, t, s, penalty, C, l1_ratio):
    if penalty in ("l2", "none"):
        model = LogisticRegression(C=C or np.inf, solver="newton-cholesky", tol=1e-13, max_iter=1000)
    else:
        ratio = 1.0 if penalty == "l1" else l1_ratio
        model = LogisticRegression(C=C, l1_ratio=ratio, solver="saga", tol=1e-13, max_iter=500_000, random_state=0)
    model.fit(z, t, sample_weight=s)
    w, b = model.coef_[0], float(model.intercept_[0])
    assert violation(z, t, s, w, b, penalty, C, l1_ratio) < 1e-9, violation(z, t, s, w, b, penalty, C, l1_ratio)
    return w, b


def fits(x, y, weight, penalty, C, l1_ratio, class_weight):
    """One classifier, of class 1, for two classes; else one a class against the rest."""
    z, mean, scale = standardise(x, weight)
    classes = np.unique(y)
    out = []
    for positive in classes[1:] if len(classes) == 2 else classes:
        t = (y == positive).astype(int)
        s = weight.copy()
        if class_weight == "balanced":
            s *= compute_class_weight("balanced", classes=np.array([0, 1]), y=t, sample_weight=weight)[t]
        elif class_weight:
            s *= np.array([class_weight.get(str(label), 1.0) for label in y])
        w, b = optimum(z, t, s, penalty, C, l1_ratio)
        raw = np.divide(w, scale, out=np.zeros_like(w), where=scale > 0)
        out.append({
            "standardised": w.tolist(),
            "standardised_intercept": b,
            "coefficients": raw.tolist(),
            "intercept": float(b - raw @ mean),
        })
    return out


def check_pipeline():
    """Without weights the features are those of SimpleImputer(add_indicator=True) and StandardScaler, but for the rounding of the fill."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, _, weight = make_inputs(5, 200, 5, 3, 2, 0.1, False)
    own = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()).fit_transform(x.astype(float))
    assert np.abs(own - standardise(x, weight)[0]).max() < 1e-5


def splice(folder):
    """uci_splice: four 0/1 columns a base, N in none of them; classes as they come."""
    table = pd.read_csv(f"{folder}/uci_splice.data.gz", header=None, names=["class", "name", "sequence"], skipinitialspace=True)
    sequences = table["sequence"].str.strip()
    x = np.array([[letter == base for letter in sequence for base in "ACGT"] for sequence in sequences], np.float32)
    return x, table["class"].str.strip().to_numpy()


def adult(folder):
    """ydf_adult: its numbers; hours per week are made missing where the occupation is."""
    table = pd.read_csv(f"{folder}/ydf_adult_train.csv.gz")
    numbers = table[["age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"]]
    numbers = numbers.assign(hours_per_week=numbers["hours_per_week"].where(table["occupation"].notna()))
    return numbers.to_numpy(np.float32), table["income"].to_numpy()


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def main():
    warnings.simplefilter("ignore")
    check_pipeline()
    cases = []
    for name, seed, rows, dense, counts, classes, missing, weighted, penalty, C, l1_ratio, class_weight in CASES:
        x, y, weight = make_inputs(seed, rows, dense, counts, classes, missing, weighted)
        recipe = {"seed": seed, "rows": rows, "dense": dense, "counts": counts, "classes": classes, "missing": missing, "weighted": weighted}
        parameters = {"penalty": penalty, "C": C, "l1_ratio": l1_ratio, "class_weight": class_weight}
        cases.append({"name": name, "recipe": recipe, "parameters": parameters, "fits": fits(x, y, weight, penalty, C, l1_ratio, class_weight)})
    real = []
    for name, (x, y) in (("uci_splice", splice(sys.argv[1])), ("ydf_adult", adult(sys.argv[1]))):
        weight = np.ones(len(y))
        for penalty, C, l1_ratio in (("l2", 0.1, None), ("l1", 0.02, None), ("elasticnet", 0.02, 0.5)):
            parameters = {"penalty": penalty, "C": C, "l1_ratio": l1_ratio}
            print(name, penalty, file=sys.stderr)
            real.append({"name": name, "parameters": parameters, "fits": fits(x, y, weight, penalty, C, l1_ratio, None)})
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    }
    print(json.dumps(rounded({"versions": versions, "cases": cases, "real": real}), separators=(",", ":")))


if __name__ == "__main__":
    main()
