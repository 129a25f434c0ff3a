import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completionCommand } from "../../src/cli/commands/completion.ts";
import { demoCommand } from "../../src/cli/commands/demo.ts";
import { describeCommand } from "../../src/cli/commands/describe.ts";
import { doctorCommand } from "../../src/cli/commands/doctor.ts";
import { predictCommand } from "../../src/cli/commands/predict.ts";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { trainCommand } from "../../src/cli/commands/train.ts";
import { validateCommand } from "../../src/cli/commands/validate.ts";
import { writeParquet } from "../../src/data/parquet-write.ts";
import { parseThresholds } from "../../src/evaluation/thresholds/text.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { runCommand, temporaryFolder } from "./helpers.ts";

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
const data = at("data");
const model = at("run");

beforeAll(async () => {
  await runCommand(simulateCommand, ["simulate", "--genes", "8", "--out", data, "--kmers", "1"]);
  const train = ["train", "--dataset", data, "--out-dir", model, "--n-estimators", "12", "--n-folds", "2"];
  await runCommand(trainCommand, [...train, "--threads", "1"]);
});
afterAll(() => folder.remove());

async function failure(work: Promise<unknown>): Promise<SpliceboostError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpliceboostError);
  return error as SpliceboostError;
}

async function parquetRows(path: string): Promise<Record<string, unknown>[]> {
  const bytes = readFileSync(path);
  return await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
}

describe("simulate", () => {
  const simulate = (...args: string[]) => runCommand(simulateCommand, ["simulate", ...args]);

  it("writes the guide's layout, and nothing else", () => {
    expect(readdirSync(data)).toEqual(["master"]);
    expect(readdirSync(join(data, "master")).sort()).toEqual(["batch_00001.parquet", "gene_manifest.csv"]);
  });

  it("depends on --seed, --genes and --kmers", async () => {
    const shard = async (name: string, ...args: string[]) => {
      const { out } = await simulate("--out", at(name), ...args);
      expect(out).toBe(`${at(name, "master")}\n`);
      return readFileSync(at(name, "master", "batch_00001.parquet"));
    };
    const usual = await shard("s1", "--genes", "2", "--kmers", "1");
    expect(await shard("s2", "--genes", "2", "--kmers", "1")).toEqual(usual);
    expect(await shard("s3", "--genes", "2", "--kmers", "1", "--seed", "7")).not.toEqual(usual);
    const [row] = await parquetRows(at("s1", "master", "batch_00001.parquet"));
    expect(Object.keys(row)).toContain("1mer_A");
    await shard("s4", "--genes", "1", "--kmers", "1,2");
    const [other] = await parquetRows(at("s4", "master", "batch_00001.parquet"));
    expect(Object.keys(other)).toEqual(expect.arrayContaining(["1mer_A", "2mer_AC"]));
    expect(readFileSync(at("s4", "master", "gene_manifest.csv"), "utf8").trim().split("\n")).toHaveLength(2);
  });

  it("does not replace a data set unless forced", async () => {
    await simulate("--out", at("s5"), "--genes", "1", "--kmers", "1");
    const error = await failure(simulate("--out", at("s5"), "--genes", "1", "--kmers", "1"));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain("--force");
    const { out } = await simulate("--out", at("s5"), "--genes", "1", "--kmers", "1", "--force", "--json");
    expect(JSON.parse(out)).toMatchObject({
      genes: 1,
      seed: 42,
      files: ["batch_00001.parquet", "gene_manifest.csv"],
    });
    expect(readdirSync(at("s5"))).toEqual(["master"]);
  });

  it("replaces nothing that it did not make, and takes old shards away", async () => {
    const force = ["--out", at("s6"), "--genes", "1", "--kmers", "1", "--force"];
    await simulate(...force);
    writeFileSync(at("s6", "master", "batch_00009.parquet"), "an old shard");
    await simulate(...force);
    const made = ["batch_00001.parquet", "gene_manifest.csv"];
    expect(readdirSync(at("s6", "master")).sort()).toEqual(made);
    for (const name of ["notes.txt", "batch_1.parquet"]) {
      if (name === "notes.txt") writeFileSync(at("s6", "master", name), "mine");
      else mkdirSync(at("s6", "master", name));
      const error = await failure(simulate(...force));
      expect(error.kind).toBe("usage");
      expect(error.message).toContain(`holds ${name}`);
      expect(readdirSync(at("s6", "master")).sort()).toEqual([...made, name].sort());
      rmSync(at("s6", "master", name), { recursive: true });
    }
    expect(readdirSync(at("s6"))).toEqual(["master"]);
    mkdirSync(at("s7"));
    writeFileSync(at("s7", "master"), "a file");
    expect((await failure(simulate("--out", at("s7"), "--genes", "1", "--force"))).message).toMatch(
      /found a file/,
    );
  });
});

describe("predict", () => {
  const predict = (...args: string[]) =>
    runCommand(predictCommand, ["predict", "--model", model, "--dataset", data, "--threads", "1", ...args]);

  it("writes a row for every row of the data, the class being that of the largest probability", async () => {
    const { code, out } = await predict("--out", at("p.parquet"), "--json");
    expect(code).toBe(0);
    const rows = await parquetRows(at("p.parquet"));
    const names = [
      "gene_id",
      "position",
      "chrom",
      "meta_neither",
      "meta_donor",
      "meta_acceptor",
      "predicted_class",
    ];
    expect(Object.keys(rows[0])).toEqual([...names, "donor_score", "acceptor_score"]);
    const counts: Record<string, number> = { neither: 0, donor: 0, acceptor: 0 };
    for (const row of rows) {
      const triple = [row.meta_neither, row.meta_donor, row.meta_acceptor] as number[];
      const largest = triple.indexOf(Math.max(...triple));
      expect(row.predicted_class).toBe(["neither", "donor", "acceptor"][largest]);
      counts[String(row.predicted_class)]++;
    }
    expect(counts.donor).toBeGreaterThan(0);
    expect(JSON.parse(out)).toEqual({
      out: at("p.parquet"),
      rows: rows.length,
      genes: 8,
      predicted: counts,
      threshold_policy: "argmax",
      thresholds: null,
      device: "cpu",
    });
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it("says the same in CSV", async () => {
    const file = join(model, "model.safetensors");
    await runCommand(predictCommand, ["predict", "--model", file, "--dataset", data, "--out", at("p.csv")]);
    const [header, ...lines] = readFileSync(at("p.csv"), "utf8").trim().split("\n");
    const rows = await parquetRows(at("p.parquet"));
    expect(header).toBe(Object.keys(rows[0]).join(","));
    expect(lines).toHaveLength(rows.length);
    for (const [i, line] of lines.entries()) {
      const cells = line.split(",");
      expect(cells[0]).toBe(rows[i].gene_id);
      expect(Number(cells[1])).toBe(Number(rows[i].position));
      expect(Math.fround(Number(cells[4]))).toBe(rows[i].meta_donor);
    }
  });

  it("writes row groups of --batch-rows, the same for any --threads", async () => {
    await predict("--out", at("small.parquet"), "--batch-rows", "100");
    expect(await parquetRows(at("small.parquet"))).toEqual(await parquetRows(at("p.parquet")));
    expect(readFileSync(at("small.parquet"))).not.toEqual(readFileSync(at("p.parquet")));
  });

  it("calls classes by the run's thresholds, the probabilities being the same", async () => {
    const largest = await parquetRows(at("p.parquet"));
    const file = join(model, "threshold_suggestion.txt");
    const suggested = parseThresholds(readFileSync(file, "utf8"));
    writeFileSync(at("never.txt"), "threshold_global = 2\n");
    for (const policy of ["best-f1", "recall", file, at("never.txt")]) {
      const name = `policy-${basename(policy)}.parquet`;
      const { err, out } = await predict("--out", at(name), "--threshold-policy", policy, "--json");
      const rows = await parquetRows(at(name));
      const document = JSON.parse(out);
      expect(document.threshold_policy).toBe(policy);
      if (policy in suggested) expect(document.thresholds).toEqual(suggested[policy as "recall"]);
      const { global } = document.thresholds;
      expect(err).toContain(`Calls a site by donor + acceptor of at least ${global} (`);
      const counts = { neither: 0, donor: 0, acceptor: 0 };
      for (const [i, row] of rows.entries()) {
        const [donor, acceptor] = [row.meta_donor, row.meta_acceptor] as [number, number];
        const isSite = Math.fround(donor + acceptor) >= Math.fround(global);
        const expected = isSite ? donor >= acceptor ? "donor" : "acceptor" : "neither";
        expect(row).toEqual({ ...largest[i], predicted_class: expected });
        counts[expected]++;
      }
      expect(document.predicted).toEqual(counts);
      expect(counts.donor > 0).toBe(policy !== at("never.txt"));
    }
    const recalled = await parquetRows(at("policy-recall.parquet"));
    expect(recalled).not.toEqual(largest);
  });

  it("writes nothing for a policy that cannot call", async () => {
    const error = await failure(predict("--out", at("x.parquet"), "--threshold-policy", "best"));
    expect(error.kind).toBe("usage");
    expect(readdirSync(folder.path).filter((name) => name.startsWith("x.parquet"))).toEqual([]);
  });

  it("refuses another ending before any work", async () => {
    expect((await failure(predict("--out", at("p.txt")))).message).toContain(".parquet or .csv");
  });

  it("names a lacking feature, and leaves the old predictions as they were", async () => {
    const rows = await parquetRows(join(data, "master", "batch_00001.parquet"));
    const columns = Object.keys(rows[0]).filter((name) => name !== "gc_content").map((name) => ({
      name,
      type: typeof rows[0][name] === "string" ? "string" as const : "float64" as const,
      nullable: true,
      values: rows.map((row) => (typeof row[name] === "bigint" ? Number(row[name]) : row[name]) as number),
    }));
    mkdirSync(at("lacking"));
    writeFileSync(at("lacking", "a.parquet"), await writeParquet(columns));
    writeFileSync(at("old.csv"), "old");
    const args = ["predict", "--model", model, "--dataset", at("lacking"), "--out", at("old.csv")];
    const error = await failure(runCommand(predictCommand, args));
    expect(error.kind).toBe("data");
    expect(error.message).toContain("gc_content");
    expect(readFileSync(at("old.csv"), "utf8")).toBe("old");
    expect(existsSync(at("old.csv.partial"))).toBe(false);
  });

  it("says when there is no model", async () => {
    const args = (path: string) => ["predict", "--model", path, "--dataset", data, "--out", at("x.csv")];
    const empty = await failure(runCommand(predictCommand, args(data)));
    expect(empty.kind).toBe("data");
    expect(empty.message).toContain("expected model.safetensors");
    expect((await failure(runCommand(predictCommand, args(at("none"))))).kind).toBe("data");
  });
});

describe("describe", () => {
  const said = async (target: string, ...args: string[]) =>
    (await runCommand(describeCommand, ["describe", target, ...args])).out;

  it("tells a run, a model and a data set apart", async () => {
    expect(JSON.parse(await said(model, "--json"))).toMatchObject({
      kind: "run",
      command: { options: { "n-folds": 2 } },
    });
    expect(JSON.parse(await said(join(model, "model.safetensors"), "--json"))).toMatchObject({
      kind: "model",
      classifiers: { donor: { trees: 12 } },
    });
    expect(JSON.parse(await said(data, "--json"))).toMatchObject({
      kind: "data",
      genes: 8,
      base_scores: true,
    });
  });

  it("speaks to people", async () => {
    expect(await said(model)).toContain("--n-estimators");
    expect(await said(join(model, "model.safetensors"))).toMatch(/donor +12 /);
    expect(await said(data)).toMatch(/rows of 8 genes/);
  });

  it("says whether and how a model is calibrated", async () => {
    const file = join(model, "model.safetensors");
    expect(await said(file)).toContain("Not calibrated: each probability is its classifier's own");
    expect(JSON.parse(await said(file, "--json")).calibration).toBeNull();
    const run = at("calibrated");
    const train = ["train", "--dataset", data, "--out-dir", run, "--n-estimators", "4", "--n-folds", "2"];
    const calibrate = ["--calibrate-per-class", "--calib-method", "beta", "--prior", "0.98,0.01,0.01"];
    await runCommand(trainCommand, [...train, ...calibrate, "--minimal-diagnostics", "--threads", "1"]);
    expect(await said(join(run, "model.safetensors"))).toContain(
      "Calibrated: Beta calibration of each class, divided by their sum; for a prior of 0.98 neither, 0.01 donor, " +
        "0.01 acceptor.",
    );
    expect(JSON.parse(await said(join(run, "model.safetensors"), "--json")).calibration).toMatchObject({
      mode: "per-class",
      method: "beta",
    });
    expect(await said(run)).toMatch(/--prior +"0\.98,0\.01,0\.01"/);
    expect(await said(run)).not.toContain("--holdout-genes");
  });
});

describe("validate", () => {
  const validate = (path: string, ...args: string[]) =>
    runCommand(validateCommand, ["validate", "--dataset", path, ...args]);

  it("finds nothing wrong with simulated data", async () => {
    const { code, out } = await validate(data);
    expect(code).toBe(0);
    expect(out).toContain("0 errors, 0 warnings.");
  });

  it("reports columns that differ, and mends them", async () => {
    const column = (name: string, type: "string" | "float64", values: (string | number)[]) => ({
      name,
      type,
      values,
    });
    const gene = (id: string) => column("gene_id", "string", [id, id, id]);
    const labels = column("splice_type", "string", ["donor", "acceptor", "neither"]);
    const x = column("x", "float64", [1, 2, 3]);
    const broken = at("broken");
    mkdirSync(broken);
    writeFileSync(
      join(broken, "a.parquet"),
      await writeParquet([gene("g1"), labels, x, column("3mer_NAA", "float64", [0, 0, 1])]),
    );
    writeFileSync(
      join(broken, "b.parquet"),
      await writeParquet([gene("g2"), labels, x, column("y", "float64", [7, 8, 9])]),
    );
    const original = readFileSync(join(broken, "a.parquet"));
    const before = await validate(broken);
    expect(before.out).toContain("3mer_NAA");
    expect(before.out).toContain("--fix mends");
    const fixed = await validate(broken, "--fix", "--json");
    expect(fixed.code).toBe(0);
    expect(JSON.parse(fixed.out).fixed.map(({ file }: { file: string }) => file)).toEqual(["a.parquet"]);
    expect(JSON.parse(fixed.out).findings.some((finding: { fixable: boolean }) => finding.fixable)).toBe(
      false,
    );
    expect(Object.keys((await parquetRows(join(broken, "a.parquet")))[0])).toEqual([
      "gene_id",
      "splice_type",
      "x",
      "y",
    ]);
    expect(readdirSync(broken).sort()).toEqual(["a.parquet", "a.parquet.bak", "b.parquet"]);
    expect(readFileSync(join(broken, "a.parquet.bak"))).toEqual(original);
    expect(JSON.parse(fixed.out).fixed[0].original).toBe("a.parquet.bak");
    expect(fixed.err).toContain(`the original is kept as ${join(broken, "a.parquet.bak")}`);
    // Another file, mended again: the first original stays.
    writeFileSync(join(broken, "a.parquet"), original);
    await validate(broken, "--fix");
    expect(readdirSync(broken).sort()).toEqual(["a.parquet", "a.parquet.bak", "a.parquet.bak2", "b.parquet"]);
  });

  it("exits 3 where errors are left, and takes the columns' names", async () => {
    const { code, out } = await validate(data, "--label-col", "no_such_label");
    expect(code).toBe(3);
    expect(out).toContain("no_such_label");
  });

  it("mends no CSV", async () => {
    mkdirSync(at("csv"));
    writeFileSync(
      at("csv", "a.csv"),
      "gene_id,splice_type,x,3mer_NAA\ng,donor,1,0\ng,acceptor,2,1\ng,,3,0\n",
    );
    expect((await failure(validate(at("csv"), "--fix"))).message).toContain("--fix rewrites Parquet");
  });
});

describe("doctor", () => {
  it("finds nothing in the way here", async () => {
    const { code, out } = await runCommand(doctorCommand, [
      "doctor",
      "--out-dir",
      at("not", "yet"),
      "--json",
    ]);
    const { ok, findings } = JSON.parse(out);
    expect(ok).toBe(true);
    expect(code).toBe(0);
    const names = findings.map((finding: { name: string }) => finding.name);
    for (const name of ["Deno", "threads", "memory", "shared memory", "WebAssembly SIMD", "out-dir"]) {
      expect(names).toContain(name);
    }
    expect(existsSync(at("not"))).toBe(false);
  });

  it("says what is in the way", async () => {
    writeFileSync(at("plain"), "");
    const { code, out } = await runCommand(doctorCommand, ["doctor", "--out-dir", at("plain", "x")]);
    expect(code).toBe(1);
    expect(out).toContain("In the way: out-dir.");
  });
});

describe("completion", () => {
  it("prints the script", async () => {
    expect((await runCommand(completionCommand, ["completion", "zsh"])).out).toContain(
      "#compdef spliceboost",
    );
  });
});

describe("demo", () => {
  it("simulates into data/demo if absent, trains into results/demo, and says where the results lie", async () => {
    const home = process.cwd();
    mkdirSync(at("home", "data"), { recursive: true });
    cpSync(data, at("home", "data", "demo"), { recursive: true });
    process.chdir(at("home"));
    try {
      const first = await runCommand(demoCommand, ["demo", "--threads", "1"]);
      expect(first.code).toBe(0);
      expect(first.out).toContain("each predicted without its gene");
      expect(first.out).toContain("The results lie in results/demo");
      expect(readdirSync(".").sort()).toEqual(["data", "results"]);
      expect(first.err).not.toContain("Simulates");
      const again = await runCommand(demoCommand, ["demo", "--quiet"]);
      expect(again.out).toBe(first.out);
      expect((await runCommand(demoCommand, ["demo", "--force"])).err).not.toContain("Nothing to do");
    } finally {
      process.chdir(home);
    }
  });
});
