/** Bad input through the whole command line: the exit code, what is said, and that nothing is left behind. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.ts";
import { type Cell, parquet, sites, type Table } from "../data/tables.ts";
import { temporaryFolder } from "./helpers.ts";

const folder = temporaryFolder();
const at = (...parts: string[]): string => join(folder.path, ...parts);
const GENES = ["a", "b", "c", "d", "e", "f"];
afterAll(() => folder.remove());

/** Runs the command line in this process, and keeps what it says. */
async function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const keep = (name: "out" | "err") => (bytes: Uint8Array): number => {
    said[name] += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  const spies = [
    vi.spyOn(Deno.stdout, "writeSync").mockImplementation(keep("out")),
    vi.spyOn(Deno.stderr, "writeSync").mockImplementation(keep("err")),
  ];
  try {
    return { code: await main(args), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Every file below the folder, with its bytes. */
function snapshot(path = folder.path): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(path, { recursive: true, encoding: "utf8" })) {
    const file = join(path, name);
    files[name] = statSync(file).isFile() ? readFileSync(file).toString("base64") : "a folder";
  }
  return files;
}

const table = (change: Record<string, readonly Cell[]> = {}): Table => ({ ...sites(GENES, 8), ...change });
/** The values of a column with one of them replaced. */
const withOne = (values: readonly Cell[], row: number, value: Cell): Cell[] =>
  values.map((old, i) => (i === row ? value : old));
const scores = { donor_score: Array<number>(48).fill(0.25), acceptor_score: Array<number>(48).fill(0.5) };

async function write(name: string, ...shards: (Table | Uint8Array)[]): Promise<void> {
  mkdirSync(at(name));
  for (const [i, shard] of shards.entries()) {
    const bytes = shard instanceof Uint8Array ? shard : (await parquet("x.parquet", shard)).data;
    writeFileSync(at(name, `batch_${i + 1}.parquet`), bytes);
  }
}

beforeAll(async () => {
  const good = table();
  await write("good", good);
  const bytes = (await parquet("x.parquet", good)).data;
  const { x, ...withoutX } = good;
  await write("empty", new Uint8Array(0));
  await write("rowless", Object.fromEntries(Object.keys(good).map((name) => [name, []])));
  await write("cut", bytes.subarray(0, bytes.length - 100));
  await write("clash", good, table({ x: x.map(String) }));
  await write("infinite", table({ x: withOne(x, 7, Infinity) }));
  await write("one-class", table({ splice_type: x.map(() => "neither") }));
  await write("null-score", table({ ...scores, donor_score: withOne(scores.donor_score, 5, null) }));
  await write("high-score", table({ ...scores, acceptor_score: withOne(scores.acceptor_score, 5, 1.5) }));
  await write("text", table({ x: x.map(String) }));
  await write("lacking", withoutX);
  mkdirSync(at("there"));
  writeFileSync(at("there", "mine.txt"), "mine");
  writeFileSync(at("there.csv"), "old predictions");

  const train = [
    "train",
    "--dataset",
    at("good"),
    "--out-dir",
    at("run"),
    "--n-estimators",
    "2",
    "--skip-eval",
  ];
  const trained = await run([...train, "--threads", "1"]);
  expect(trained.err, trained.err).toContain("Done in");
  const model = new Uint8Array(readFileSync(at("run", "model.safetensors")));
  writeFileSync(at("cut.safetensors"), model.subarray(0, model.length - 9));
  writeFileSync(at("header.safetensors"), model.subarray(0, 20));
  const { tensors, metadata } = readSafetensors(model);
  const newer = { ...metadata, format_version: "99" };
  writeFileSync(at("newer.safetensors"), writeSafetensors(tensors, newer));
  const offsets = tensors.get("cuts.offsets")!;
  const beyond = new Map([...tensors, ["cuts.offsets", {
    ...offsets,
    data: offsets.data.slice().fill(9999 as never),
  }]]);
  writeFileSync(at("beyond.safetensors"), writeSafetensors(beyond, metadata));
  // The last tensor's end, one digit changed, so that the header keeps its length.
  const text = new TextDecoder("latin1").decode(model);
  const place = text.lastIndexOf("data_offsets", text.indexOf("}}") + 1) + 'data_offsets":['.length;
  const past = model.slice();
  past[place] = "9".charCodeAt(0);
  expect(past).not.toEqual(model);
  writeFileSync(at("past.safetensors"), past);
});

type Case = readonly [what: string, args: readonly string[], code: number, message: RegExp];

const DATA: readonly Case[] = [
  ["an empty file", ["empty"], 3, /batch_1\.parquet: expected a Parquet file, found 0 bytes/],
  ["a Parquet file without rows", ["rowless"], 3, /no rows/],
  ["a Parquet file cut short", ["cut"], 3, /batch_1\.parquet: not a whole Parquet file.*cut short/],
  [
    "a feature that is a number here and text there",
    ["clash"],
    3,
    /"x" holds numbers in batch_1\.parquet .* but not in batch_2\.parquet/,
  ],
  ["an infinity in a feature", ["infinite"], 3, /batch_1\.parquet: column "x", row 8: .*found Infinity/],
  ["labels of one class", ["one-class"], 3, /"splice_type": expected labels of at least two.*only neither/],
  [
    "a base score that is null",
    ["null-score"],
    3,
    /Expected a base donor score from 0 to 1, found NaN in row 5/,
  ],
  [
    "a base score out of range",
    ["high-score"],
    3,
    /Expected a base acceptor score from 0 to 1, found 1\.5 in row 5/,
  ],
  [
    "an unknown parameter",
    ["good", "--algorithm-params", '{"max_dept":4}'],
    2,
    /"max_dept".*did you mean "max_depth"/i,
  ],
  [
    "a name to exclude that is no column",
    ["good", "--exclude-features", "xx"],
    2,
    /no column is called "xx"/,
  ],
];

const MODELS: readonly Case[] = [
  [
    "a model file cut short",
    ["cut.safetensors", "good"],
    3,
    /cut\.safetensors: tensor .*lie outside the \d+ bytes of tensors/,
  ],
  [
    "a model file cut in its header",
    ["header.safetensors", "good"],
    3,
    /header\.safetensors: a header of \d+ bytes .*cut short/,
  ],
  [
    "a tensor beyond the model file",
    ["past.safetensors", "good"],
    3,
    /past\.safetensors: tensor .*lie outside/,
  ],
  [
    "offsets beyond their tensor",
    ["beyond.safetensors", "good"],
    3,
    /beyond\.safetensors: tensor "cuts\.values": expected .*9999/,
  ],
  [
    "a model of a newer version",
    ["newer.safetensors", "good"],
    3,
    /newer\.safetensors: .*format version 99.*reads up to/,
  ],
  ["data that lack a feature", ["run", "lacking"], 3, /Feature "x" is in none of the 1 files/],
  [
    "a feature that is no number",
    ["run", "text"],
    3,
    /batch_1\.parquet: feature "x" must be a number, found (STRING|UTF8)/,
  ],
  ["an infinity in data to predict", ["run", "infinite"], 3, /column "x", row 8: .*found Infinity/],
  ["data cut short", ["run", "cut"], 3, /not a whole Parquet file/],
];

async function refused(args: readonly string[], code: number, message: RegExp): Promise<void> {
  const before = snapshot();
  const said = await run(args);
  expect(said.err).toMatch(message);
  expect(said.err).toMatch(/^Error: /m);
  expect(said.err).not.toContain("Unexpected failure");
  expect([said.code, said.out]).toEqual([code, ""]);
  expect(snapshot()).toEqual(before);
  expect(Object.keys(before).filter((name) => name.endsWith(".partial"))).toEqual([]);
}

describe("train refuses, and leaves the out-dir as it was:", () => {
  it.each(DATA)("%s", async (_what, [data, ...options], code, message) => {
    for (const out of ["absent", "there"]) {
      const args = [
        "train",
        "--dataset",
        at(data),
        "--out-dir",
        at(out),
        "--n-folds",
        "2",
        "--n-estimators",
        "2",
      ];
      await refused([...args, "--threads", "1", ...options], code, message);
      expect(existsSync(at("absent"))).toBe(false);
    }
  });
});

describe("predict refuses, and leaves the file as it was:", () => {
  it.each(MODELS)("%s", async (_what, [model, data], code, message) => {
    for (const out of ["absent.csv", "there.csv"]) {
      const args = [
        "predict",
        "--model",
        at(model),
        "--dataset",
        at(data),
        "--out",
        at(out),
        "--threads",
        "1",
      ];
      await refused(args, code, message);
    }
  });
});
