/** The map of docs/architecture.md, held: rooms import downwards only, and all but the command line runs in a browser. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** From top to bottom. `index.ts` and `version.ts` are rooms of one file. */
const ROOMS = [
  "cli",
  "index.ts",
  "report",
  "training",
  "evaluation",
  "genome",
  "formats",
  "ensemble",
  "linear",
  "trees",
  "data",
  "gpu",
  "cpu",
  "statistics",
  "numerics",
  "version.ts",
];

/** Paths of the sources from the repository's root, with forward slashes. */
const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => `src/${path.split(sep).join("/")}`);

/** Code without its block comments and comment lines. */
function codeOf(file: string): string {
  return readFileSync(join(root, file), "utf8").replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** Sources that a file imports, re-exports, loads later or starts as a worker. */
function importsOf(file: string): string[] {
  const places = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']*)["']|\bnew URL\(\s*["'](\.[^"']*)["']/g;
  return [...codeOf(file).matchAll(places)].map(([, imported, worker]) =>
    normalize(join(dirname(file), imported ?? worker)).split(sep).join("/")
  );
}

const roomOf = (file: string): string => file.split("/")[1];
const isShader = (file: string): boolean => file.startsWith("shaders/");

describe("the rooms of src/", () => {
  it("are all on the list, and each file imports files that are there", () => {
    expect(files.length).toBeGreaterThan(100);
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...ROOMS].sort());
    const known = new Set(files);
    // AssemblyScript leaves the ending out.
    const there = (file: string): boolean =>
      isShader(file) ? existsSync(join(root, file)) : known.has(file) || known.has(`${file}.ts`);
    const lost = files.flatMap((file) =>
      importsOf(file).filter((to) => !there(to)).map((to) => `${file} -> ${to}`)
    );
    expect(lost).toEqual([]);
  });

  it("import from rooms below them only", () => {
    const upwards = files.flatMap((file) =>
      importsOf(file)
        .filter((to) => !isShader(to) && ROOMS.indexOf(roomOf(to)) < ROOMS.indexOf(roomOf(file)))
        .map((to) => `${file} -> ${to}`)
    );
    expect(upwards).toEqual([]);
  });

  it("leave the shaders to gpu/", () => {
    const others = files.filter((file) => roomOf(file) !== "gpu" && importsOf(file).some(isShader));
    expect(others).toEqual([]);
  });

  it("stand in docs/architecture.md in this order", () => {
    const table = readFileSync(join(root, "docs/architecture.md"), "utf8");
    const rows = [...table.matchAll(/^\| `([\w.]+)\/?` +\|/gm)].map(([, room]) => room);
    expect(rows).toEqual(ROOMS);
  });
});

it("runs in a browser but for the command line: neither Deno nor Node", () => {
  const bound = /\bDeno\s*[.[]|["']node:|\bprocess\.(?:env|argv|exit|cwd|std)/;
  const offenders = files.filter((file) => roomOf(file) !== "cli" && bound.test(codeOf(file)));
  expect(offenders).toEqual([]);
});
