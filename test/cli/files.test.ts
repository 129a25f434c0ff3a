import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PartialFile, RunStore, writeWhole } from "../../src/cli/files.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spliceboost-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

async function failure(work: Promise<unknown>): Promise<SpliceboostError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpliceboostError);
  return error as SpliceboostError;
}

describe("a partial file", () => {
  it("has its name only when it is whole", async () => {
    const path = join(folder, "deep", "a.txt");
    const file = await PartialFile.create(path);
    await file.write(bytes("one "));
    await file.write(bytes("two"));
    expect(readdirSync(join(folder, "deep"))).toEqual(["a.txt.partial"]);
    await file.commit();
    expect(readdirSync(join(folder, "deep"))).toEqual(["a.txt"]);
    expect(readFileSync(path, "utf8")).toBe("one two");
  });

  it("leaves the old file and nothing else when it is given up", async () => {
    const path = join(folder, "a.txt");
    writeFileSync(path, "old");
    const file = await PartialFile.create(path);
    await file.write(bytes("new"));
    await file.abandon();
    expect(readdirSync(folder)).toEqual(["a.txt"]);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it.skipIf(process.platform !== "linux")(
    "says that the disk is full, and leaves nothing half-written",
    async () => {
      const path = join(folder, "a.bin");
      symlinkSync("/dev/full", `${path}.partial`);
      const error = await failure(writeWhole(path, new Uint8Array(10)));
      expect(error.kind).toBe("runtime");
      expect(error.message).toContain(path);
      expect(error.message).toContain("the disk is full");
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});

describe("a run store", () => {
  it("makes its directory and leaves no trace of the check", async () => {
    const store = await RunStore.open(join(folder, "results", "x"));
    expect(readdirSync(store.directory)).toEqual([]);
  });

  it("says so when a part of the path is a file", async () => {
    writeFileSync(join(folder, "results"), "");
    for (const path of [join(folder, "results"), join(folder, "results", "x")]) {
      const error = await failure(RunStore.open(path));
      expect(error.kind).toBe("runtime");
      expect(error.message).toContain("a part of the path is a file");
    }
  });

  it("writes, reads and removes its files, and no others", async () => {
    const store = await RunStore.open(folder);
    expect(await store.read("a.json")).toBeNull();
    await store.write("a.json", bytes("{}"));
    expect(await store.read("a.json")).toEqual(bytes("{}"));
    await store.remove("a.json");
    await store.remove("a.json");
    expect(await store.read("a.json")).toBeNull();
    for (const name of ["../a", "/a", "x/../../a"]) expect(() => store.path(name)).toThrow(SpliceboostError);
  });
});

describe("checkpoints", () => {
  it("are kept in a hidden folder until cleared", async () => {
    const { checkpoint } = await RunStore.open(folder);
    expect(await checkpoint.load("run.json")).toBeNull();
    await checkpoint.save("run.json", bytes("1"));
    await checkpoint.save("run.json", bytes("2"));
    await checkpoint.save("fold 1/5", bytes("3"));
    expect(readdirSync(folder)).toEqual([".checkpoint"]);
    const { checkpoint: again } = await RunStore.open(folder);
    expect(await again.load("run.json")).toEqual(bytes("2"));
    expect(await again.load("fold 1/5")).toEqual(bytes("3"));
    await again.clear();
    await again.clear();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("ignores what a killed writer left", async () => {
    const { checkpoint } = await RunStore.open(folder);
    mkdirSync(join(folder, ".checkpoint"));
    writeFileSync(join(folder, ".checkpoint", "run.json.partial"), "half");
    expect(await checkpoint.load("run.json")).toBeNull();
  });
});
