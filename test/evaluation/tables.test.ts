import { describe, expect, it } from "vitest";
import { evaluate, evaluateFold } from "../../src/evaluation/evaluate.ts";
import { foldMetricsCsv, metricFiles } from "../../src/evaluation/tables.ts";
import { makeInputs } from "./inputs.ts";

const input = {
  ...makeInputs({ seed: 5, rows: 300, genes: 6, bits: 8, classes: [0, 1, 2] }),
  threshold: 0.6,
  baseThresh: 0.5,
};
const overall = evaluate(input);
const folds = [[0, 1], [2, 3], [4, 5]].map((genes, fold) => evaluateFold({ ...input, genes, fold }));
const undonored = evaluateFold({
  ...makeInputs({ seed: 5, rows: 40, genes: 1, bits: 8, classes: [0, 2] }),
  baseScores: null,
  threshold: 0.6,
  baseThresh: 0.5,
  fold: 3,
});

const GUIDE =
  "fold,test_rows,test_macro_f1,test_macro_avg_precision,splice_macro_f1,top_k_accuracy,top_k_donor,top_k_acceptor," +
  "top_k_n_genes,donor_f1,acceptor_f1,donor_ap,acceptor_ap,base_f1,meta_f1,base_topk,meta_topk,delta_fp,delta_fn," +
  "auc_base,auc_meta,ap_base,ap_meta";

function readCsv(text: string): Record<string, string>[] {
  const [header, ...lines] = text.trimEnd().split("\n").map((line) => line.split(","));
  return lines.map((cells) => {
    expect(cells).toHaveLength(header.length);
    return Object.fromEntries(header.map((name, i) => [name, cells[i]]));
  });
}

describe("gene_cv_metrics.csv", () => {
  it("begins with the guide's columns, each name once", () => {
    const header = foldMetricsCsv([]).trimEnd();
    expect(header.startsWith(GUIDE + ",")).toBe(true);
    const names = header.split(",");
    expect(new Set(names).size).toBe(names.length);
  });

  it("has a line per fold, numbered from 1, at full precision", () => {
    const table = readCsv(foldMetricsCsv(folds));
    expect(table.map((line) => line.fold)).toEqual(["1", "2", "3"]);
    table.forEach((line, i) => {
      const { base } = folds[i];
      if (base === null) throw new Error("base scores were given");
      const expected: Record<string, number> = {
        test_rows: 100,
        test_macro_f1: folds[i].macroF1,
        splice_macro_f1: (folds[i].f1.donor + folds[i].f1.acceptor) / 2,
        base_f1: base.splice.f1,
        meta_f1: folds[i].splice.f1,
        base_topk: base.topK,
        meta_topk: folds[i].topK,
        delta_fp: base.splice.falsePositives - folds[i].splice.falsePositives,
        delta_fn: base.falseNegativesRescued - base.falseNegativesIntroduced,
        auc_base: base.splice.auc,
        ap_meta: folds[i].splice.ap,
        donor_precision: folds[i].precision.donor,
        acceptor_recall: folds[i].recall.acceptor,
        base_donor_ap: base.ap.donor,
      };
      for (const [name, value] of Object.entries(expected)) expect(Number(line[name]), name).toBe(value);
    });
  });

  it("leaves undefined metrics empty", () => {
    const [line] = readCsv(foldMetricsCsv([undonored]));
    for (const name of ["donor_ap", "donor_recall", "top_k_donor", "base_f1", "delta_fp"]) {
      expect(line[name]).toBe("");
    }
    expect(Number(line.top_k_accuracy)).toBe(undonored.topKAcceptor);
    expect(Number(line.meta_f1)).toBe(undonored.splice.f1);
  });
});

describe("metric files", () => {
  const files = new Map(metricFiles(folds, overall).map(({ path, text }) => [path, text]));
  const read = (path: string) => JSON.parse(files.get(path) ?? "missing");

  it("are those of the guide", () => {
    expect([...files.keys()]).toEqual([
      "gene_cv_metrics.csv",
      "metrics_fold1.json",
      "metrics_fold2.json",
      "metrics_fold3.json",
      "metrics_aggregate.json",
      "compare_base_meta.json",
    ]);
    expect(metricFiles([undonored], undonored).map(({ path }) => path)).not.toContain(
      "compare_base_meta.json",
    );
  });

  it("hold a fold's scalars and confusion matrices", () => {
    expect(read("metrics_fold2.json")).toMatchObject({
      fold: 2,
      donor_f1: folds[1].f1.donor,
      confusion_matrix: folds[1].confusion,
      base_confusion_matrix: folds[1].base?.confusion,
    });
    const [, text] = metricFiles([undonored], undonored).map((file) => file.text);
    expect(JSON.parse(text)).toMatchObject({
      fold: 4,
      donor_ap: null,
      base_f1: null,
      base_confusion_matrix: null,
    });
  });

  it("hold the guide's means, all means with deviation, and the rows of all folds together", () => {
    const aggregate = read("metrics_aggregate.json");
    const mean = folds.reduce((sum, fold) => sum + fold.ap.donor, 0) / 3;
    expect(aggregate.n_folds).toBe(3);
    expect(aggregate.donor_ap).toBeCloseTo(mean, 12);
    expect(aggregate.metrics.donor_ap.mean).toBe(aggregate.donor_ap);
    expect(aggregate.metrics.donor_ap.defined).toBe(3);
    expect(aggregate.metrics.donor_ap.sd).toBeGreaterThan(0);
    expect(aggregate.out_of_fold).toMatchObject({ test_rows: 300, donor_ap: overall.ap.donor });
  });

  it("compare base and meta", () => {
    const comparison = read("compare_base_meta.json");
    expect(comparison.improvement).toBeCloseTo(comparison.meta_f1_mean - comparison.base_f1_mean, 12);
    expect(comparison.base_auc_mean).toBe(read("metrics_aggregate.json").metrics.auc_base.mean);
  });
});
