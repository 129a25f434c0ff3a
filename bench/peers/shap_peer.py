"""Times XGBoost's and the shap package's SHAP values with models that bench/shap.ts wrote: one JSON line.

    python bench/peers/shap_peer.py WORK_DIR --threads 2 --repeats 3

WORK_DIR holds features.txt, rows.bin and background.bin (f32, rows x features, row-major) and model_{neither,donor,acceptor}.json.
XGBoost's DMatrix is made before the clock starts. The shap package hands path-dependent values of XGBoost's models to XGBoost; its own C code, which runs
on one thread, is timed by calling the model "internal", for donors alone, on as many rows as --own-rows says. Values go to path.bin and
background_phi.bin (f32, 3 x rows x features; the latter of --own-rows rows of donors).
"""

import argparse
import json
import time

import numpy as np
import shap
import xgboost as xgb

parser = argparse.ArgumentParser()
parser.add_argument("work")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--repeats", type=int, default=3)
parser.add_argument("--own-rows", type=int, default=200)
args = parser.parse_args()

with open(f"{args.work}/features.txt") as lines:
    features = [line.strip() for line in lines if line.strip()]
x, background = (np.fromfile(f"{args.work}/{name}.bin", np.float32).reshape(-1, len(features)) for name in ("rows", "background"))
boosters = []
for name in ("neither", "donor", "acceptor"):
    booster = xgb.Booster({"nthread": args.threads})
    booster.load_model(f"{args.work}/model_{name}.json")
    booster.set_param({"nthread": args.threads})
    boosters.append(booster)
rows = xgb.DMatrix(x, nthread=args.threads)


def timed(explain, repeats):
    """Wall times, processor time of all threads a call, the answer."""
    times = []
    before = time.process_time()
    for _ in range(repeats):
        start = time.perf_counter()
        found = explain()
        times.append(time.perf_counter() - start)
    return times, (time.process_time() - before) / repeats, found


path_seconds, path_cpu, path = timed(lambda: [booster.predict(rows, pred_contribs=True) for booster in boosters], args.repeats)
np.stack(path)[:, :, :-1].astype(np.float32).tofile(f"{args.work}/path.bin")

few = x[: args.own_rows]
own = shap.TreeExplainer(boosters[1], feature_perturbation="tree_path_dependent")
own.model.model_type = "internal"
_, own_cpu, _ = timed(lambda: own.shap_values(few, check_additivity=False), 1)
against = shap.TreeExplainer(boosters[1], background, feature_perturbation="interventional", model_output="raw")
_, against_cpu, phi = timed(lambda: against.shap_values(few, check_additivity=False), 1)
np.asarray(phi, np.float32).tofile(f"{args.work}/background_phi.bin")
print(json.dumps({
    "xgboost": xgb.__version__,
    "shap": shap.__version__,
    "path_dependent_seconds": path_seconds,
    "path_dependent_cpu_seconds": path_cpu,
    "own_rows": len(few),
    "shap_path_dependent_donor_cpu_seconds": own_cpu,
    "shap_interventional_donor_cpu_seconds": against_cpu,
}))
