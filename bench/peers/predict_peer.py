"""Times XGBoost's prediction with models that bench/predict.ts wrote: one JSON line.

    python bench/peers/predict_peer.py WORK_DIR --threads 2 --repeats 5

WORK_DIR holds features.txt, rows.bin (f32, rows x features, row-major) and model_{neither,donor,acceptor}.json. Prediction is in
place: a DMatrix would keep the predictions of a booster it has seen, or cost its making. Margins go to margins.bin (f32, 3 x rows).
"""

import argparse
import json
import time

import numpy as np
import xgboost as xgb

parser = argparse.ArgumentParser()
parser.add_argument("work")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--repeats", type=int, default=5)
args = parser.parse_args()

with open(f"{args.work}/features.txt") as lines:
    features = [line.strip() for line in lines if line.strip()]
x = np.fromfile(f"{args.work}/rows.bin", np.float32).reshape(-1, len(features))
boosters = []
for name in ("neither", "donor", "acceptor"):
    booster = xgb.Booster({"nthread": args.threads})
    booster.load_model(f"{args.work}/model_{name}.json")
    booster.set_param({"nthread": args.threads})
    boosters.append(booster)


def best(predict):
    times = []
    for _ in range(args.repeats):
        start = time.perf_counter()
        predict()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


in_place = best(lambda: [booster.inplace_predict(x, predict_type="margin") for booster in boosters])
np.stack([booster.inplace_predict(x, predict_type="margin") for booster in boosters]).astype(np.float32).tofile(
    f"{args.work}/margins.bin"
)
print(json.dumps({"version": xgb.__version__, "seconds": in_place}))
