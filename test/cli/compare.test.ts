import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareCommand } from "../../src/cli/commands/compare.ts";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { trainCommand } from "../../src/cli/commands/train.ts";
import { CLASS_NAMES } from "../../src/data/dataset.ts";
import { writeParquet } from "../../src/data/parquet-write.ts";
import type { Comparison } from "../../src/evaluation/comparison/types.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { runCommand, type Said, temporaryFolder } from "./helpers.ts";

const folder = temporaryFolder();
const at = (...parts: string[]): string => join(folder.path, ...parts);
afterAll(() => folder.remove());

const ROWS = 30;

interface Gene {
  readonly id: string;
  /** Share of the true class's probability, from 0 to 1. */
  readonly skill: number;
  readonly rows?: number;
  /** Position of the first row; null where they are missing. */
  readonly first?: number | null;
  /** Which row of ten is a donor. */
  readonly donorAt?: number;
}

/** A run directory that holds predictions of some genes. */
async function writeRun(name: string, genes: readonly Gene[]): Promise<string> {
  const rows = genes.flatMap(({ id, skill, rows = ROWS, first = 1, donorAt = 0 }, g) =>
    Array.from({ length: rows }, (_, i) => {
      const label = i % 10 === donorAt ? 1 : i % 10 === 5 ? 2 : 0;
      // By gene and row, never the same twice.
      const noise = ((i * 7919 + g * 104729) % 997) / 997;
      const truth = skill * (0.5 + noise / 2) + (1 - skill) * noise / 2;
      return { id, position: first === null ? null : first + i, label, truth, fold: 1 + g % 2 };
    })
  );
  mkdirSync(at(name), { recursive: true });
  const bytes = await writeParquet([
    { name: "gene_id", type: "string", values: rows.map(({ id }) => id) },
    { name: "position", type: "int64", nullable: true, values: rows.map(({ position }) => position) },
    { name: "chrom", type: "string", values: rows.map(({ id }) => (id < "g3" ? "1" : "X")) },
    { name: "label", type: "string", values: rows.map(({ label }) => CLASS_NAMES[label]) },
    { name: "fold", type: "int32", values: rows.map(({ fold }) => fold) },
    ...CLASS_NAMES.map((className, c) => ({
      name: `meta_${className}`,
      type: "float32" as const,
      values: rows.map(({ label, truth }) => (label === c ? truth : (1 - truth) / 2)),
    })),
  ]);
  writeFileSync(at(name, "oof_predictions.parquet"), bytes);
  return at(name);
}

const genes = (skill: number, change: Partial<Gene> = {}): Gene[] =>
  ["g1", "g2", "g3", "g4", "g5", "g6"].map((id) => ({ id, skill, ...change }));

const compare = (...args: string[]): Promise<Said> => runCommand(compareCommand, ["compare", ...args]);

async function failure(work: Promise<unknown>): Promise<SpliceboostError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpliceboostError);
  return error as SpliceboostError;
}

interface Compared {
  readonly first: string;
  readonly second: string;
  readonly notes: readonly string[];
  readonly comparison: Comparison;
}

async function document(...args: string[]): Promise<Compared[]> {
  return JSON.parse((await compare(...args, "--json")).out);
}

let [good, poor, fair] = ["", "", ""];
beforeAll(async () => {
  good = await writeRun("good", genes(0.9));
  poor = await writeRun("poor", genes(0.1));
  fair = await writeRun("fair", genes(0.5));
});

describe("compare", () => {
  it("tests over folds only where both runs held the same genes out together", async () => {
    const folds = async (order: readonly number[]): Promise<Compared> => {
      const listed = genes(0.7);
      return (await document(good, await writeRun(`folds-${order.join("")}`, order.map((i) => listed[i]))))[
        0
      ];
    };
    // The fold of a gene is its place's parity: numbers may differ, companions may not.
    const same = await folds([1, 0, 3, 2, 5, 4]);
    expect(same.comparison.metrics[0].folds.differences).toHaveLength(2);
    const other = await folds([0, 2, 1, 3, 4, 5]);
    expect(other.comparison.metrics[0].folds.differences).toHaveLength(0);
    expect(other.notes.join()).toMatch(
      /held other genes out together than .*good: there is no test over folds/,
    );
  });

  it("sets the second run against the first, by genes", async () => {
    const { code, out, err } = await compare(poor, good);
    expect(code).toBe(0);
    expect(err).toContain(`Compares ${good} with ${poor}.`);
    expect(out).toContain("good against poor: 180 rows of 6 genes.\n");
    expect(out).toMatch(/macro F1 +0\.\d{4} +1\.0000 +\+0\.\d{4}/);
    expect(out).toContain("difference (95 % over genes)");
    const [{ comparison, ...names }] = await document(poor, good);
    expect(names).toEqual({ first: poor, second: good, notes: [] });
    expect(comparison).toMatchObject({
      names: { base: "poor", meta: "good" },
      thresholds: { base: 0.5, meta: 0.5 },
      rows: 180,
      genes: 6,
    });
    const f1 = comparison.metrics.find(({ metric }) => metric === "macroF1")!;
    expect(f1.meta.value).toBe(1);
    expect(f1.difference.value).toBeGreaterThan(0.3);
    expect(comparison.byGene.map(({ gene, chromosome, fold }) => [gene, chromosome, fold])).toEqual([
      ["g1", "1", 0],
      ["g2", "1", 1],
      ["g3", "X", 0],
      ["g4", "X", 1],
      ["g5", "X", 0],
      ["g6", "X", 1],
    ]);
  });

  it("turns around with the order of the runs", async () => {
    const [[there], [back]] = [await document(poor, good), await document(good, poor)];
    const difference = ({ comparison }: Compared) =>
      comparison.metrics.map((metric) => metric.difference.value);
    expect(difference(back)).toEqual(difference(there).map((value) => (value === null ? null : -value)));
  });

  it("sets each of several runs against the first", async () => {
    const compared = await document(poor, fair, good);
    expect(compared.map(({ first, second }) => [first, second])).toEqual([[poor, fair], [poor, good]]);
    expect(compared[1]).toEqual((await document(poor, good))[0]);
    const { out } = await compare(poor, fair, good);
    expect(out).toMatch(/fair against poor(.|\n)*\n\ngood against poor/);
  });

  it("calls runs by their paths where the last parts are the same", async () => {
    const twin = await writeRun("other/good", genes(0.8));
    const [{ comparison }] = await document(good, `${twin}/`);
    expect(comparison.names).toEqual({ base: good, meta: twin });
  });

  it("--threshold, --seed and --threads", async () => {
    const usual = (await document(poor, fair))[0].comparison;
    const low = (await document(poor, fair, "--threshold", "0.1"))[0].comparison;
    expect(low.thresholds).toEqual({ base: 0.1, meta: 0.1 });
    expect(low.errors.metaFalsePositives.value).toBeGreaterThan(usual.errors.metaFalsePositives.value!);
    const other = (await document(poor, fair, "--seed", "7"))[0].comparison;
    expect(other.metrics.map(({ meta }) => meta.value)).toEqual(usual.metrics.map(({ meta }) => meta.value));
    expect(other.metrics).not.toEqual(usual.metrics);
    expect((await document(poor, fair, "--threads", "1"))[0].comparison).toEqual(usual);
  });

  it("--out has the same document, whole", async () => {
    const { out } = await compare(poor, good, "--out", at("made", "comparison.json"), "--json");
    expect(readFileSync(at("made", "comparison.json"), "utf8")).toBe(out);
    expect(readdirSync(at("made"))).toEqual(["comparison.json"]);
    const text = await compare(poor, good, "--out", at("made", "comparison.json"));
    expect(text.out).toContain("good against poor");
  });

  it("leaves out genes that one run lacks, and says so", async () => {
    const fewer = await writeRun("fewer", [...genes(0.5).slice(0, 4), { id: "g9", skill: 0.5 }]);
    const { out, err } = await compare(poor, fewer);
    const note = `Left out: 3 genes that only one of ${poor} and ${fewer} has.`;
    expect(err).toContain(`Note: ${note}`);
    expect(out).toContain("120 rows of 4 genes");
    expect(out).toContain(`Note: ${note}`);
    const [{ notes, comparison }] = await document(poor, fewer);
    expect(notes).toEqual([note]);
    expect(comparison.byGene.map(({ gene }) => gene)).toEqual(["g1", "g2", "g3", "g4"]);
  });

  it.each([
    { rows: ROWS + 1 },
    { first: 2 },
    { first: null },
    { donorAt: 3 },
  ])("leaves out a gene that differs in %j, and says so", async (change) => {
    const changed = await writeRun(
      "changed",
      genes(0.5).map((gene, g) => (g === 2 ? { ...gene, ...change } : gene)),
    );
    const [{ notes, comparison }] = await document(poor, changed);
    expect(notes).toEqual([`Left out: 1 gene with other rows or labels in ${changed}.`]);
    expect(comparison.byGene.map(({ gene }) => gene)).toEqual(["g1", "g2", "g4", "g5", "g6"]);
  });

  it("takes genes without positions as they lie", async () => {
    const nowhere = { first: null };
    const [a, b] = [await writeRun("a", genes(0.2, nowhere)), await writeRun("b", genes(0.7, nowhere))];
    const [{ notes, comparison }] = await document(a, b);
    expect([notes, comparison.genes]).toEqual([[], 6]);
  });

  it("of one gene has no interval and invents none", async () => {
    const [one] = [await writeRun("one", genes(0.5).slice(0, 1))];
    const { code, out } = await compare(poor, one);
    expect(code).toBe(0);
    expect(out).toContain("30 rows of 1 gene.");
    expect(out).not.toMatch(/NaN|null/);
  });

  it("of a run with itself finds nothing", async () => {
    const copy = await writeRun("copy", genes(0.1));
    const [{ comparison }] = await document(poor, copy);
    for (const { difference, finding } of comparison.metrics) {
      expect([null, 0]).toContain(difference.value);
      expect(finding).toBe("not distinguishable");
    }
  });
});

describe("compare refuses", () => {
  it("runs without a gene in common", async () => {
    const others = await writeRun("others", genes(0.5).map((gene) => ({ ...gene, id: `x${gene.id}` })));
    const error = await failure(compare(poor, others));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(
      `${poor} and ${others} have no gene in common (6 and 6 genes, the first g1 and xg1)`,
    );
  });

  it("runs with other rows in every gene", async () => {
    const moved = await writeRun("moved", genes(0.5, { first: 100 }));
    const error = await failure(compare(poor, moved, "--out", at("never.json")));
    expect(error.kind).toBe("data");
    expect(error.message).toContain("have 6 genes in common, but other rows or labels in each of them");
    expect(existsSync(at("never.json"))).toBe(false);
  });

  it("what is no run, or has no predictions", async () => {
    mkdirSync(at("skipped"));
    for (const path of [at("skipped"), at("nowhere"), at("good", "oof_predictions.parquet")]) {
      const error = await failure(compare(poor, path));
      expect(error.kind).toBe("data");
      expect(error.message).toContain(
        `${path}: expected a run directory with oof_predictions.parquet, found none`,
      );
      expect(error.message).toContain("--skip-eval");
    }
  });

  it("predictions that are damaged", async () => {
    mkdirSync(at("damaged"));
    const whole = readFileSync(join(good, "oof_predictions.parquet"));
    writeFileSync(at("damaged", "oof_predictions.parquet"), whole.subarray(0, whole.length - 9));
    const error = await failure(compare(poor, at("damaged")));
    expect(error.kind).toBe("data");
    expect(error.message).toContain("oof_predictions.parquet: not a whole Parquet file");
  });

  it("the same run twice", async () => {
    const error = await failure(compare(poor, good, `${poor}/`));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain(`${poor} is given twice`);
  });
});

describe("compare, on trained runs", () => {
  it("reads what train writes", async () => {
    await runCommand(simulateCommand, ["simulate", "--genes", "6", "--out", at("data"), "--kmers", "1"]);
    for (const trees of ["2", "20"]) {
      await runCommand(trainCommand, [
        ...["train", "--dataset", at("data"), "--out-dir", at(`trees${trees}`), "--n-estimators", trees],
        ...["--n-folds", "2", "--minimal-diagnostics", "--threads", "1"],
      ]);
    }
    const [{ comparison, notes }] = await document(at("trees2"), at("trees20"));
    expect(notes).toEqual([]);
    const summary = JSON.parse(readFileSync(at("trees20", "analysis.json"), "utf8"));
    const logLoss = comparison.metrics.find(({ metric }) => metric === "logLoss")!;
    expect(logLoss.meta.value).toBeCloseTo(
      summary.comparison.result.metrics.find(({ metric }: { metric: string }) => metric === "logLoss").meta
        .value,
      12,
    );
    expect(logLoss.difference.value).toBeLessThan(0);
    expect(comparison.rows).toBe(summary.run.data.rows);
  });
});
