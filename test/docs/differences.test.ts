/** docs/differences.md cites tests that exist and names every flag of the guide that this version rejects. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LATER_OPTIONS } from "../../src/cli/later-options.ts";
import { TRAIN_OPTIONS } from "../../src/cli/train-options.ts";

const repository = new URL("../../", import.meta.url);
const document = readFileSync(new URL("docs/differences.md", repository), "utf8");

/** A test file in backquotes, then its tests' titles in quotes: `test/a/b.test.ts` "does x", "does y". */
const CITATION = /`(test\/[\w./-]+\.test\.ts)`\s+("[^"]+"(?:,\s+"[^"]+")*)/g;
const citations = [...document.matchAll(CITATION)].flatMap(([, file, titles]) =>
  [...titles.matchAll(/"([^"]+)"/g)].map(([, title]) => ({ file, title: title.replace(/\s+/g, " ") }))
);

/** Whether the file has a test or group of that title, as its source spells it; what a template adds at the end may be left out. */
function hasTest(file: string, title: string): boolean {
  const source = new URL(file, repository);
  if (!existsSync(source)) return false;
  const text = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?:\\b(?:it|describe)|\\))\\(\\s*["\`]${text}(?:["\`]|\\s*\\$\\{)`).test(
    readFileSync(source, "utf8"),
  );
}

describe("docs/differences.md", () => {
  it("cites tests that exist", () => {
    expect(citations.length).toBeGreaterThan(40);
    expect(citations.filter(({ file, title }) => !hasTest(file, title))).toEqual([]);
  });

  it("cites no test file without a test, but this one", () => {
    const named = new Set([...document.matchAll(/test\/[\w./-]+\.test\.ts/g)].map(([file]) => file));
    const cited = new Set(citations.map(({ file }) => file));
    expect([...named].filter((file) => !cited.has(file))).toEqual(["test/docs/differences.test.ts"]);
  });

  it("has a test or a flag for each promise", () => {
    const promises = document.split(/^- /m).slice(1).map((promise) => promise.split(/\n\n|^#/m)[0]);
    expect(promises.length).toBeGreaterThan(30);
    expect(promises.filter((promise) => !/`test\/|`--/.test(promise))).toEqual([]);
  });

  it("names every flag and algorithm that is rejected, and no other flag as such", () => {
    const section = document.split("## Not in this version")[1];
    const named = [...section.matchAll(/`--([\w-]+)`/g)].map(([, name]) => name);
    const expected = [...LATER_OPTIONS.map((flag) => flag.name), "algorithm"];
    expect([...new Set(named)].sort()).toEqual(expected.sort());
    const refused = TRAIN_OPTIONS.flatMap((option) => "refused" in option ? Object.keys(option.refused) : []);
    expect(refused.filter((value) => !new RegExp(`[\` ]${value}\``).test(section))).toEqual([]);
  });
});
