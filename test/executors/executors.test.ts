/** The executors themselves: all that CI expects are there, each is what it is called, and all see the same bytes. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { executors, executorsWithoutWebgpu, expectedExecutors, runOn } from "./executors.ts";
import type { Squares } from "./squares.entry.ts";

const SQUARES = new URL("./squares.entry.ts", import.meta.url);
const WITHOUT_WEBGPU = new URL("./without-webgpu.entry.ts", import.meta.url);
const file = fileURLToPath(new URL("./squares.wgsl", import.meta.url));
const numbers = [0, 1, 65535, 65536, 4294967295, 3037000500];
const ran: string[] = [];
const skipped = (reason: string): string => reason && ` (skipped: ${reason})`;

describe.each(executors())("$name", ({ name, available, reason }) => {
  it.skipIf(!available)(`squares integers on its adapter${skipped(reason)}`, async () => {
    const { squares, adapter } = await runOn(name, SQUARES, { numbers, file }, [file]) as Squares;
    const values = [...numbers, ...readFileSync(file)];
    expect(squares).toEqual(values.map((value) => Math.imul(value, value) >>> 0));
    expect(adapter.toLowerCase()).toContain(name.endsWith("lavapipe") ? "llvmpipe" : "swiftshader");
    ran.push(name);
  });

  it.skipIf(!available)("says what went wrong, and where", async () => {
    const run = runOn(name, SQUARES, { numbers, file: "elsewhere" }, [file]);
    await expect(run).rejects.toThrow(
      new RegExp(`^${name}: [^]*elsewhere is not among the files of this run`),
    );
  });
});

describe.each(executorsWithoutWebgpu())("$name", ({ name, available, reason }) => {
  it.skipIf(!available)(`has no adapter to give${skipped(reason)}`, async () => {
    const found = await runOn(name, WITHOUT_WEBGPU);
    expect(found).toBe(name === "chromium-without-webgpu" ? "no navigator.gpu" : "no adapter");
    ran.push(name);
  });
});

it("all executors ran that SPLICEBOOST_EXPECT_ADAPTERS promises", () => {
  expect(ran).toEqual(expect.arrayContaining(expectedExecutors()));
});
