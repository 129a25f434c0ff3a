/** Every figure of the README's section on speed is that of the file in bench/results/ which it names. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const repository = new URL("../../", import.meta.url);
const readme = readFileSync(new URL("README.md", repository), "utf8");

type Peer = "xgboost" | "lightgbm";

/** What bench/cv.ts records, as far as the README tells it. */
interface CrossValidations extends Record<Peer, readonly { readonly versions: Record<Peer, string> }[]> {
  readonly trees: number;
  readonly threads: number;
  readonly comparisons: Record<Peer, {
    readonly wallRatio: number;
    readonly cvOnlyRatio: number;
    readonly memoryRatio: number;
    readonly meanDifference: { readonly macroF1: number };
  }>;
}

/** What bench/predict.ts records, likewise. */
interface Predictions {
  readonly seconds: readonly number[];
  readonly peer: { readonly seconds: number };
}

function results<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, repository), "utf8"));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}

describe("the README's figures of speed", () => {
  const rows = [...readme.matchAll(/^\| \[([\w-]+)\]\((bench\/results\/\1\.json)\)\s*\|(.*)\|$/gm)]
    .map(([, , path, cells]) => ({ path, cells: cells.split("|").map((cell) => cell.trim()) }));

  it("of the cross-validation are those of the files", () => {
    expect(rows.length).toBeGreaterThan(0);
    for (const { path, cells } of rows) {
      const peer = cells[0].toLowerCase().split(" ")[0] as Peer;
      const file = results<CrossValidations>(path);
      const { wallRatio, cvOnlyRatio, memoryRatio, meanDifference: { macroF1 } } = file.comparisons[peer];
      expect(cells, path).toEqual([
        `${peer === "xgboost" ? "XGBoost" : "LightGBM"} ${file[peer][0].versions[peer]}`,
        wallRatio.toFixed(2),
        cvOnlyRatio.toFixed(2),
        memoryRatio.toFixed(2),
        (macroF1 < 0 ? "" : "+") + macroF1.toFixed(4),
      ]);
      expect([file.trees, file.threads]).toEqual([400, 2]);
    }
  });

  it("of prediction is that of the file", () => {
    const [, ratio, path] =
      /takes (\d\.\d\d) times[^(]*\(\[[^\]]*\]\((bench\/results\/[\w-]+\.json)\)/.exec(readme) ?? [];
    const { seconds, peer } = results<Predictions>(path);
    expect(ratio).toBe((median(seconds) / peer.seconds).toFixed(2));
  });
});
