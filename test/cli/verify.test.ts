/** What `spliceboost verify` says of a report, and its exit codes. With a real report: test/slow/verify.test.ts. */
import { afterEach, expect, it, vi } from "vitest";
import { verifyCommand } from "../../src/cli/commands/verify.ts";
import * as verification from "../../src/gpu/verify.ts";
import { EXIT_CODES, type SpliceboostError } from "../../src/numerics/errors.ts";
import { runCommand } from "./helpers.ts";

vi.mock("../../src/gpu/verify.ts", { spy: true });
afterEach(() => {
  vi.mocked(verification.verifyGpu).mockReset();
  vi.unstubAllGlobals();
});

function report(firstDifference: string | null): void {
  vi.mocked(verification.verifyGpu).mockImplementation((_, options) => {
    options?.onCase?.({ name: "one row", done: 0, total: 1 });
    const rows = [
      { kernel: "gradients", cases: 10, dispatches: 1700, firstDifference: null },
      { kernel: "settle", cases: 8, dispatches: 64, firstDifference },
    ];
    return Promise.resolve({ adapter: "WebGPU, Card", rows });
  });
}

it("prints a table, progress on stderr, and exits 0 where all agree", async () => {
  report(null);
  const { code, out, err } = await runCommand(verifyCommand, ["verify"]);
  expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["WebGPU, Card"],
    ["", "kernel", "cases", "dispatches", "first difference"],
    ["ok", "gradients", "10", "1,700", "none"],
    ["ok", "settle", "8", "64", "none"],
    ["Every kernel agrees with its twin, and every training with the CPU engine."],
    [""],
  ]);
  expect(err).toBe("1 of 1: one row\n");
  expect(code).toBe(0);
});

it("names the kernel that differs, says what to do, and exits 1", async () => {
  report('one row: round 1, level 0, "best"[3]: expected 1, found 2');
  const { code, out } = await runCommand(verifyCommand, ["verify"]);
  expect(out).toMatch(/^!! +settle +8 +64 +one row: round 1, level 0, "best"\[3\]: expected 1, found 2$/m);
  expect(out).toMatch(/miscomputes settle: train with --device cpu/);
  expect(code).toBe(1);
});

it("prints the report as JSON", async () => {
  report("one row: round 1");
  const { code, out } = await runCommand(verifyCommand, ["verify", "--json"]);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    adapter: "WebGPU, Card",
    rows: [{ kernel: "gradients" }, { kernel: "settle", firstDifference: "one row: round 1" }],
  });
  expect(code).toBe(1);
});

it("exits 4 without an adapter, and says what to do", async () => {
  vi.stubGlobal("navigator", {
    userAgent: "Deno/2.9.5",
    gpu: { requestAdapter: () => Promise.resolve(null) },
  });
  const error = await runCommand(verifyCommand, ["verify"]).then(
    () => null,
    (reason: SpliceboostError) => reason,
  );
  expect(error?.message).toMatch(/offers no adapter: install a .* driver/);
  expect(EXIT_CODES[error!.kind]).toBe(4);
});
