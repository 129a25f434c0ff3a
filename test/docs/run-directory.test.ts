/** docs/run-directory.md names every file that a full run writes, and its columns and keys; and says which of them differ from place to place. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetMetadata } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { trainCommand } from "../../src/cli/commands/train.ts";
import { runCommand, temporaryFolder } from "../cli/helpers.ts";

const page = readFileSync(new URL("../../docs/run-directory.md", import.meta.url), "utf8");
const leakagePage = readFileSync(new URL("../../docs/leakage.md", import.meta.url), "utf8");

/** What a placeholder of the page stands for. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  class: "(?:neither|donor|acceptor)",
  model: "(?:base|meta)",
  site: "(?:donor|acceptor)",
  side: "(?:donor|acceptor|splice)",
  loss: "(?:log_loss|macro_ap)",
  feature: ".+",
  i: "\\d+",
  chart: "[\\w-]+",
  format: "svg",
  what: "\\w+",
};

function patternOf(name: string): RegExp {
  const source = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(
    /<(\w+)>/g,
    (_, key) => PLACEHOLDERS[key],
  );
  return new RegExp(`^${source}$`);
}

/** Sections of the page by the file in their heading. */
const sections = new Map(
  page.split(/^### /m).slice(1).map((text) => [/^`([^`]+)`/.exec(text)![1], text.split(/^#/m)[0]]),
);

/** Columns that the tables of a text name: `a`, `b`, with `_low` is a, b, a_low, b_low; as `_low` leaves a and b out. */
function columnsIn(text: string): string[] {
  const cells = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell);
  return cells.flatMap((cell) => {
    const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const own = names.filter((name) => !name.startsWith("_"));
    const suffixes = names.filter((name) => name.startsWith("_"));
    const joined = own.flatMap((name) => suffixes.map((suffix) => name + suffix));
    return [...(/, as `_/.test(cell) ? [] : own), ...joined];
  });
}

/** Names that no pattern fits, and patterns that fit no name. */
function unmatched(names: readonly string[], patterns: readonly string[]): string[] {
  const compiled = patterns.map((pattern) => ({ pattern, regexp: patternOf(pattern) }));
  return [
    ...names.filter((name) => !compiled.some(({ regexp }) => regexp.test(name))),
    ...compiled.filter(({ regexp }) => !names.some((name) => regexp.test(name))).map(({ pattern }) =>
      pattern
    ),
  ];
}

const folder = temporaryFolder();
const runOf = (name: string): string => join(folder.path, name);
const read = (path: string): Uint8Array => readFileSync(path);
const text = (name: string): string => readFileSync(join(runOf("run"), name), "utf8");
const filesOf = (run: string): string[] =>
  readdirSync(run, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(run.length + 1)).sort();

async function train(name: string, threads: number): Promise<void> {
  const { code } = await runCommand(trainCommand, [
    ...[
      "train",
      "--quiet",
      "--dataset",
      runOf("data"),
      "--out-dir",
      runOf(name),
      "--threads",
      String(threads),
    ],
    ...["--n-estimators", "3", "--n-folds", "2", "--early-stopping-patience", "2", "--valid-size", "0.3"],
    ...["--calibrate-per-class", "--monitor-overfitting", "--neigh-sample", "3", "--shap-sample", "20"],
    ...["--plot-format", "svg"],
  ]);
  expect(code).toBe(0);
}

beforeAll(async () => {
  const args = ["simulate", "--genes", "8", "--kmers", "1", "--out", runOf("data")];
  await runCommand(simulateCommand, args);
  await train("run", 1);
  await train("other", 2);
});
afterAll(() => folder.remove());

describe("docs/run-directory.md", () => {
  it("names every file of a full run, and no other", () => {
    expect(unmatched(filesOf(runOf("run")), [...sections.keys()])).toEqual([]);
    const multiqc = filesOf(runOf("run")).filter((name) => name.endsWith("_mqc.json"));
    expect(multiqc.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it.each([...sections].filter(([name]) => /\.(csv|parquet)$/.test(name)))(
    "has the columns of %s",
    (name, section) => {
      const columns = name.endsWith(".csv")
        ? text(name).split("\n")[0].split(",")
        : parquetMetadata(new Uint8Array(read(join(runOf("run"), name))).buffer).schema.slice(1).map((
          { name },
        ) => name);
      const elsewhere = section.includes("(leakage.md#leakage_reportcsv)");
      expect(
        unmatched(columns, columnsIn(elsewhere ? leakagePage.split("## leakage_report.csv")[1] : section)),
      )
        .toEqual([]);
    },
  );

  it.each([
    "train.features.json",
    "metrics_aggregate.json",
    "compare_base_meta.json",
    "complete_training_results.json",
    "analysis.json",
    "manifest.json",
  ])("has the keys of %s", (name) => {
    const section = sections.get(name)!;
    const keys = Object.keys(JSON.parse(text(name)));
    expect(keys.filter((key) => !section.includes(`\`${key}\``))).toEqual([]);
  });

  it("tells which files are not the same bytes in another directory, with other threads", () => {
    const [one, other] = ["run", "other"].map(runOf);
    const differing = filesOf(one).filter((name) =>
      !Buffer.from(read(join(one, name))).equals(read(join(other, name)))
    );
    const listed = page.split("## Where the bytes are the same")[1].split("## Model")[0];
    expect(unmatched(differing, columnsIn(listed))).toEqual([]);
  });
});
