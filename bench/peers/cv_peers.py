"""Gene-aware cross-validation of three one-vs-rest classifiers by XGBoost or LightGBM: the peers of bench/cv.ts.

    python bench/peers/cv_peers.py DATA_DIR --peer xgboost --features-file features.txt --folds folds.csv

Reads DATA_DIR/*.parquet, trains every fold on the genes of the others, predicts the held-out rows and prints one line of
JSON. One process a peer, so that the peak memory is the peer's own. Run it on a quiet machine: the peers' OpenMP threads
spin while they wait, and another busy process makes them many times slower than they are (load_average_before tells).

Nothing here slows a peer down on purpose. What was tried on osai80 and osai80_kmers:
- Parquet through polars is no slower than through pyarrow; column by column into one f32 matrix it takes a fifth less
  memory than by polars' own conversion, in about the same time.
- XGBoost: a QuantileDMatrix a fold, binned once for its three classes. DMatrix.slice takes as long in all, since its
  bins are then made by the first training; one booster of three targets is no faster. Prediction is in place, which
  spares a DMatrix.
- LightGBM: one Dataset for all folds, a subset a fold, labels set anew for each class. Subsets train as fast as data
  sets of their own; row-wise or column-wise histograms, as it chooses itself, as fast as either by force.
"""

import time

BEGIN = time.perf_counter()

import argparse
import csv
import glob
import json
import os
import platform
import resource
import sys

CODES = {"": 0, "0": 0, "neither": 0, "1": 1, "donor": 1, "2": 2, "acceptor": 2}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", metavar="DATA_DIR", help="directory of Parquet shards")
    parser.add_argument("--peer", required=True, choices=("xgboost", "lightgbm"))
    parser.add_argument("--features-file", required=True, help="feature columns, one name a line")
    parser.add_argument("--folds", required=True, help="CSV with columns gene_id and fold")
    parser.add_argument("--trees", type=int, default=400, help="boosting rounds a classifier (default %(default)s)")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--parameters", type=json.loads, help="JSON object: these instead of the ones below, and LightGBM's defaults")
    parser.add_argument("--folds-limit", type=int, help="run the first folds only")
    return parser.parse_args()


class Stopwatch:
    """Seconds spent on each stage."""

    def __init__(self):
        self.seconds = {}

    def __call__(self, stage, work, *arguments):
        start = time.perf_counter()
        result = work(*arguments)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start
        return result


def read(data_dir, features, fold_of_gene):
    """X (rows, features) f32 row-major, labels (rows,) and folds (rows,) of all shards, in the order of their names."""
    shards = sorted(glob.glob(os.path.join(data_dir, "*.parquet")))
    if not shards:
        sys.exit(f"no Parquet shards in {data_dir}")
    sizes = [pl.scan_parquet(shard).select(pl.len()).collect().item() for shard in shards]
    x = np.empty((sum(sizes), len(features)), dtype=np.float32)
    labels, folds = [], []
    start = 0
    for shard, size in zip(shards, sizes):
        table = pl.read_parquet(shard, columns=["gene_id", "splice_type", *features])
        for column, name in enumerate(features):
            x[start : start + size, column] = table[name].to_numpy()
        spelling = table["splice_type"].cast(pl.String).fill_null("").str.to_lowercase()
        labels.append(spelling.replace_strict(CODES, return_dtype=pl.Int8).to_numpy())
        folds.append(table["gene_id"].replace_strict(fold_of_gene, return_dtype=pl.Int32).to_numpy())
        start += size
    return x, np.concatenate(labels), np.concatenate(folds)


class XGBoost:
    def __init__(self, args):
        self.trees, self.threads = args.trees, args.threads
        self.parameters = {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "max_depth": 6,
            "learning_rate": 0.1,
            "subsample": 0.8,
            "colsample_bytree": 0.8,
            "reg_lambda": 1,
            "min_child_weight": 1,
            "max_bin": 256,
            "nthread": args.threads,
            "seed": args.seed,
        }

    def bin_all(self, x):
        """XGBoost's quantile matrices cannot be cut by rows: each fold makes its own."""

    def bin_fold(self, x, rows):
        return peer.QuantileDMatrix(x[rows], max_bin=self.parameters["max_bin"], nthread=self.threads)

    def train(self, matrix, target):
        matrix.set_label(target)
        return peer.train(self.parameters, matrix, num_boost_round=self.trees)

    def predict(self, booster, x):
        return booster.inplace_predict(x)


class LightGBM:
    """XGBoost's parameters in LightGBM's words: 64 leaves are the most that depth 6 has, so that depth alone limits a
    tree (leaf by leaf all the same); bagging anew for every tree; 255 bins, as many as its byte layout is made for."""

    def __init__(self, args):
        self.trees, self.threads = args.trees, args.threads
        self.parameters = {
            "objective": "binary",
            "max_depth": 6,
            "num_leaves": 64,
            "learning_rate": 0.1,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "feature_fraction": 0.8,
            "lambda_l2": 1,
            "min_sum_hessian_in_leaf": 1,
            "min_data_in_leaf": 1,
            "max_bin": 255,
            "num_threads": args.threads,
            "seed": args.seed,
            "verbosity": -1,
        }
        if args.parameters is not None:
            own = ("objective", "learning_rate", "num_threads", "seed", "verbosity")
            self.parameters = {**{name: self.parameters[name] for name in own}, **args.parameters}

    def bin_all(self, x):
        self.dataset = peer.Dataset(x, label=np.zeros(len(x)), params=self.parameters).construct()

    def bin_fold(self, x, rows):
        return self.dataset.subset(rows).construct()

    def train(self, matrix, target):
        matrix.set_label(target)
        return peer.train(self.parameters, matrix, num_boost_round=self.trees)

    def predict(self, booster, x):
        return booster.predict(x, num_threads=self.threads)


def cross_validate(model, x, labels, folds, chosen, timed):
    """Probabilities (rows, 3) of the rows of the chosen folds; NaN elsewhere."""
    probabilities = np.full((len(x), 3), np.nan, dtype=np.float32)
    timed("bin", model.bin_all, x)
    for fold in chosen:
        held_out = np.flatnonzero(folds == fold)
        rows = np.flatnonzero(folds != fold)
        matrix = timed("bin", model.bin_fold, x, rows)
        held_out_x = x[held_out]
        for code in range(3):
            target = (labels[rows] == code).astype(np.float32)
            booster = timed("train", model.train, matrix, target)
            probabilities[held_out, code] = timed("predict", model.predict, booster, held_out_x)
    return probabilities


def measure(labels, p):
    from sklearn import metrics

    wide = p.astype(np.float64)
    # Leaf values without a penalty can grow until all three classifiers say zero.
    wide[wide.sum(axis=1) == 0] = 1 / 3
    return {
        "rows": len(labels),
        "rows_without_probability": int((p.sum(axis=1) == 0).sum()),
        "macro_f1": metrics.f1_score(labels, np.argmax(p, axis=1), average="macro"),
        "donor_ap": metrics.average_precision_score(labels == 1, p[:, 1]),
        "acceptor_ap": metrics.average_precision_score(labels == 2, p[:, 2]),
        "donor_auc": metrics.roc_auc_score(labels == 1, p[:, 1]),
        "acceptor_auc": metrics.roc_auc_score(labels == 2, p[:, 2]),
        "log_loss": metrics.log_loss(labels, wide / wide.sum(axis=1, keepdims=True), labels=[0, 1, 2]),
    }


def usage():
    """Peak resident bytes and processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_maxrss * 1024, used.ru_utime + used.ru_stime


def main():
    timed = Stopwatch()
    timed.seconds["import"] = time.perf_counter() - BEGIN
    load = os.getloadavg()[0]
    import_peak, _ = usage()
    with open(args.features_file) as lines:
        features = [line.strip() for line in lines if line.strip()]
    with open(args.folds, newline="") as lines:
        fold_of_gene = {row["gene_id"]: int(row["fold"]) for row in csv.DictReader(lines)}
    x, labels, folds = timed("read", read, args.data, features, fold_of_gene)
    chosen = sorted(set(folds.tolist()))[: args.folds_limit]
    model = XGBoost(args) if args.peer == "xgboost" else LightGBM(args)
    probabilities = cross_validate(model, x, labels, folds, chosen, timed)
    timed.seconds["total"] = time.perf_counter() - BEGIN
    peak, cpu_seconds = usage()  # before scikit-learn adds its own
    predicted = np.isin(folds, chosen)
    report = {
        "peer": args.peer,
        "versions": {
            args.peer: peer.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "polars": pl.__version__,
        },
        "parameters": {**model.parameters, "trees": args.trees},
        "rows": len(x),
        "features": len(features),
        "folds": chosen,
        "seconds": {stage: round(seconds, 4) for stage, seconds in timed.seconds.items()},
        "cpu_seconds": round(cpu_seconds, 2),
        "load_average_before": round(load, 2),
        "peak_rss_bytes": peak,
        "peak_rss_bytes_after_import": import_peak,
        "metrics": measure(labels[predicted], probabilities[predicted]),
        "fold_metrics": [measure(labels[folds == fold], probabilities[folds == fold]) for fold in chosen],
    }
    print(json.dumps(report))


args = parse_arguments()
os.environ["POLARS_MAX_THREADS"] = str(args.threads)
os.environ["OMP_NUM_THREADS"] = str(args.threads)

import numpy as np
import polars as pl

if args.peer == "xgboost":
    import xgboost as peer
else:
    import lightgbm as peer

main()
