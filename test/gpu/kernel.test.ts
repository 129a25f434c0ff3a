/** `#import` lines: each name once, before use, with the place of whatever is wrong. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expandImports } from "../../src/gpu/kernel.ts";
import { SHARED_SHADERS } from "../../src/gpu/shared-shaders.ts";

describe("expandImports", () => {
  it("leaves text without imports as it is", () => {
    const text = "fn main() {\n  // #import in a comment, and\r\n  let important = 1;\n}\n";
    expect(expandImports(text, {}, "k")).toBe(text);
  });

  it("puts each name once, imports of imports first", () => {
    const library = { a: "A", b: "#import a\nB", c: "#import b\n#import a\nC" };
    const text = expandImports("#import c\n  #import  a // again\n#import b\nmain", library, "k");
    expect(text.split("\n").filter((line) => line !== "")).toEqual(["A", "B", "C", "main"]);
  });

  it("takes lines that end as on Windows", () => {
    expect(expandImports("#import a\r\nmain\r\n", { a: "A" }, "k")).toBe("A\nmain\r\n");
  });

  it("names the kernel, the line and the nearest name where a name is unknown", () => {
    expect(() => expandImports("x\n#import randon\n", { random: "" }, "grow"))
      .toThrow(/^grow\.wgsl line 2 imports "randon".*did you mean random\?/);
    expect(() => expandImports("#import zzzzzz", { random: "", f64: "" }, "grow")).toThrow(
      /known are f64, random/,
    );
    expect(() => expandImports("#import toString", {}, "grow")).toThrow(/known are none/);
  });

  it("names the file that has the unknown import, and the kernel that it is for", () => {
    expect(() => expandImports("#import a", { a: "\n\n#import b" }, "grow"))
      .toThrow(/^a\.wgsl line 3 \(for the kernel grow\) imports "b"/);
  });

  it("refuses imports in a circle", () => {
    expect(() => expandImports("#import a", { a: "#import b", b: "#import a" }, "grow"))
      .toThrow(/b\.wgsl line 1 \(for the kernel grow\): a imports b imports a; break the circle/);
  });

  it("knows every file of shaders/shared, each with its imports", () => {
    const files = readdirSync(new URL("../../shaders/shared/", import.meta.url));
    expect(Object.keys(SHARED_SHADERS).map((name) => `${name}.wgsl`).sort()).toEqual(files.sort());
    for (const [name, text] of Object.entries(SHARED_SHADERS)) {
      expect(expandImports(text, SHARED_SHADERS, name)).not.toMatch(/^\s*#import/m);
    }
  });
});
