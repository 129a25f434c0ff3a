"""Times scikit-learn's logistic regression on the rows that bench/linear.ts wrote, and judges both: one JSON line.

    python bench/peers/linear_peer.py WORK_DIR --threads 2

WORK_DIR holds meta.json, columns.bin (f32, one feature after another), labels.bin (class codes), split.bin (1: held-out gene) and ours.bin (margins of all
rows, one run after another). Features are f64 and in memory before the clock starts; standardising is timed apart. Each run of meta.json is a penalty, a
class and a tolerance; saga stops after --saga-epochs.
"""

import argparse
import json
import os
import time

parser = argparse.ArgumentParser()
parser.add_argument("work")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--saga-epochs", type=int, default=100)
args = parser.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(args.threads)

import warnings

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
with open(f"{args.work}/meta.json") as file:
    meta = json.load(file)
columns = np.fromfile(f"{args.work}/columns.bin", np.float32).reshape(len(meta["features"]), -1)
x = np.ascontiguousarray(columns.T, float)
labels = np.fromfile(f"{args.work}/labels.bin", np.uint8)
held = np.fromfile(f"{args.work}/split.bin", np.uint8) == 1
ours = np.fromfile(f"{args.work}/ours.bin").reshape(len(meta["runs"]), -1)

start, cpu = time.perf_counter(), time.process_time()
scaler = StandardScaler().fit(x[~held])
z = scaler.transform(x[~held])
standardising = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu, "bytes": z.nbytes}
z_held = scaler.transform(x[held])


def violation(w, b, t, C, l1_ratio):
    """As ours counts it: of the mean loss plus penalty."""
    residual = (1 / (1 + np.exp(-(z @ w + b))) - t) / len(t)
    strength = 1 / (C * len(t))
    l1 = strength * l1_ratio
    g = z.T @ residual + (strength - l1) * w
    own = np.where(w != 0, np.abs(g + np.sign(w) * l1), np.maximum(0, np.abs(g) - l1))
    return float(max(own.max(), abs(residual.sum())))


def judge(margins, t):
    p = 1 / (1 + np.exp(-margins))
    return {"log_loss": float(log_loss(t, p)), "auc": float(roc_auc_score(t, margins)), "ap": float(average_precision_score(t, margins))}


results = []
tightest = min(run["tol"] for run in meta["runs"])
for run, own in zip(meta["runs"], ours):
    t = (labels == run["code"]).astype(int)
    found = {"ours": judge(own[held], t[held]), "peers": {}}
    # Newton's last step squares what is left, so one tolerance tells enough of it.
    solvers = ["saga"] if run["penalty"] == "l1" else ["lbfgs"] if run["tol"] > tightest else ["lbfgs", "newton-cholesky"]
    for solver in solvers:
        l1_ratio = 0.0 if run["penalty"] == "l2" else 1.0
        epochs = args.saga_epochs if solver == "saga" else 10_000
        model = LogisticRegression(C=run["C"], l1_ratio=l1_ratio, solver=solver, tol=run["tol"], max_iter=epochs, random_state=0)
        start, cpu = time.perf_counter(), time.process_time()
        model.fit(z, t[~held])
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
        w, b = model.coef_[0], model.intercept_[0]
        found["peers"][solver] = {
            "seconds": seconds,
            "cpu_seconds": cpu_seconds,
            "iterations": int(model.n_iter_[0]),
            "optimality": violation(w, b, t[~held], run["C"], l1_ratio),
            "non_zero": int(np.count_nonzero(w)),
            **judge(z_held @ w + b, t[held]),
        }
    results.append(found)
print(json.dumps({"scikit-learn": sklearn.__version__, "numpy": np.__version__, "standardising": standardising, "results": results}))
