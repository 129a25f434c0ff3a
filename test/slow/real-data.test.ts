/** The real sets through the command line, as a user trains on them; the same bytes for any number of threads. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const DATA = "../shared/data/lrg";
const out = mkdtempSync(join(tmpdir(), "spliceboost-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

function spliceboost(...args: string[]): string {
  return execFileSync("node", ["bin/spliceboost.mjs", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Least macro F1 out of fold with 30 trees, and how much better than the base model's that must be. */
const SETS = {
  osai80: { macroF1: 0.86, gain: 0.2 },
  osai10k: { macroF1: 0.9, gain: -0.02 },
  osai80_leaky: { macroF1: 0.9, gain: 0.2 },
  osai80_kmers: { macroF1: 0.8, gain: 0.15 },
};

describe.skipIf(!existsSync(DATA))(`real sets (skipped where ${DATA} is absent)`, () => {
  for (const [name, least] of Object.entries(SETS)) {
    it(`trains on ${name}, to the same bytes with 1 thread and with 3`, () => {
      const runs = [1, 3].map((threads) => {
        const run = join(out, `${name}-${threads}`);
        spliceboost(
          ...["train", "--dataset", `${DATA}/${name}`, "--out-dir", run],
          ...["--n-estimators", "30", "--threads", String(threads), "--quiet"],
        );
        return run;
      });
      for (const file of ["model.safetensors", "oof_predictions.parquet", "gene_cv_metrics.csv"]) {
        expect(readFileSync(join(runs[0], file)).equals(readFileSync(join(runs[1], file))), file).toBe(true);
      }
      const { out_of_fold: scores } = JSON.parse(
        readFileSync(join(runs[0], "metrics_aggregate.json"), "utf8"),
      );
      expect(scores.test_macro_f1).toBeGreaterThan(least.macroF1);
      expect(scores.test_macro_f1 - scores.base_macro_f1).toBeGreaterThan(least.gain);
    });
  }

  it("predicts other genes with a trained model", () => {
    const predictions = join(out, "predictions.csv");
    spliceboost(
      ...[
        "predict",
        "--model",
        join(out, "osai80-1"),
        "--dataset",
        `${DATA}/osai10k/master`,
        "--out",
        predictions,
        "--quiet",
      ],
    );
    const [header, ...rows] = readFileSync(predictions, "utf8").trim().split("\n");
    expect(header).toContain("meta_donor");
    expect(rows.length).toBe(32410);
  });
});
