"""XGBoost on the rows of bench/gpu.ts: one line of JSON.

    python bench/peers/gpu_peer.py FOLDER --lanes 3 --rounds 50 --depth 6 --bins 256 --device cuda
    python bench/peers/gpu_peer.py --check --device cuda      whether it can train there: {"device": ...} or {"absent": reason}

FOLDER holds x.npy (rows x features, f32: bin numbers), labels.npy (class of each row) and folds.npy. A lane is a model of its own, one class
against the rest; with more than three lanes only the three of fold 0 are trained, on the rows of the other folds. Bins are made once for
the classes that share rows (the QuantileDMatrix), and timed apart. A round is timed by the callback after it; the first one, in which
XGBoost sets itself up, is told apart. XGBoost trains on the CPU, with a warning, where it finds no GPU: its own configuration says what it did.
"""

import argparse
import json
import os
import sys
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", nargs="?")
parser.add_argument("--check", action="store_true")
parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
parser.add_argument("--lanes", type=int, default=3)
parser.add_argument("--rounds", type=int, default=50)
parser.add_argument("--depth", type=int, default=6)
parser.add_argument("--bins", type=int, default=256)
parser.add_argument("--eta", type=float, default=0.1)
parser.add_argument("--subsample", type=float, default=1.0)
parser.add_argument("--colsample", type=float, default=1.0)
parser.add_argument("--seed", type=int, default=42)
parser.add_argument("--threads", type=int, default=os.cpu_count())
args = parser.parse_args()


def absent(reason):
    print(json.dumps({"absent": reason}))
    sys.exit(0)


try:
    import numpy as np
    import xgboost as xgb
except ImportError as error:
    absent(str(error))

PARAMETERS = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "device": args.device,
    "max_depth": args.depth,
    "learning_rate": args.eta,
    "reg_lambda": 1,
    "min_child_weight": 1,
    "max_bin": args.bins,
    "subsample": args.subsample,
    "colsample_bytree": args.colsample,
    "nthread": args.threads,
    "seed": args.seed,
}
# Rows whose log-loss is told: bench/gpu.ts judges its own models by the same.
JUDGED = 200_000


class Clock(xgb.callback.TrainingCallback):
    """Seconds of each round."""

    def __init__(self):
        self.since = time.perf_counter()
        self.rounds = []

    def after_iteration(self, model, epoch, evals_log):
        now = time.perf_counter()
        self.rounds.append(now - self.since)
        self.since = now
        return False


def device_of(booster):
    return json.loads(booster.save_config())["learner"]["generic_param"]["device"]


def check():
    if args.device == "cuda" and not xgb.build_info().get("USE_CUDA"):
        absent(f"xgboost {xgb.__version__} is built without CUDA")
    tiny = xgb.DMatrix(np.arange(8, dtype=np.float32).reshape(-1, 1), np.arange(8) % 2)
    try:
        found = device_of(xgb.train(PARAMETERS, tiny, 1))
    except xgb.core.XGBoostError as error:
        absent(str(error).strip().splitlines()[0])
    if not found.startswith(args.device):
        absent(f"xgboost {xgb.__version__} trains on {found} where {args.device} is asked for")
    print(json.dumps({"device": found, "version": xgb.__version__}))


def log_loss(booster, matrix, target):
    p = np.clip(booster.predict(matrix).astype(np.float64), 1e-12, 1 - 1e-12)
    return float(-np.mean(np.where(target == 1, np.log(p), np.log1p(-p))))


def main():
    x = np.load(f"{args.folder}/x.npy", mmap_mode="r")
    labels = np.load(f"{args.folder}/labels.npy")
    folds = np.load(f"{args.folder}/folds.npy")
    if args.lanes > 3:
        rows = np.flatnonzero(folds != 0)
        x, labels = x[rows], labels[rows]
    begin = time.perf_counter()
    matrix = xgb.QuantileDMatrix(x, max_bin=args.bins, nthread=args.threads)
    bin_seconds = time.perf_counter() - begin
    judged = xgb.DMatrix(x[:JUDGED])
    models = []
    for code, name in enumerate(("neither", "donor", "acceptor")[: min(3, args.lanes)]):
        target = (labels == code).astype(np.float32)
        matrix.set_label(target)
        begin = time.perf_counter()
        clock = Clock()
        booster = xgb.train(PARAMETERS, matrix, args.rounds, callbacks=[clock])
        seconds = time.perf_counter() - begin
        later = sorted(clock.rounds[1:])
        models.append(
            {
                "name": name,
                "seconds": seconds,
                "first_ms": clock.rounds[0] * 1000,
                "round_ms": later[len(later) // 2] * 1000,
                "least_ms": later[0] * 1000,
                "most_ms": later[-1] * 1000,
                "device": device_of(booster),
                "log_loss": log_loss(booster, judged, target[:JUDGED]),
            }
        )
    report = {"version": xgb.__version__, "threads": args.threads, "parameters": PARAMETERS, "rows": len(labels)}
    print(json.dumps({**report, "bin_seconds": bin_seconds, "models": models}))


check() if args.check else main()
