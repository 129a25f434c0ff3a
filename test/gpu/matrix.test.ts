/** One hash of a training wherever it runs: here a small one on both compilers and both drivers; test/slow has all executors. */
import { expect, it } from "vitest";
import { executors, runOn } from "../executors/executors.ts";
import { main, type MatrixJob } from "./matrix.entry.ts";

const ENTRY = new URL("./matrix.entry.ts", import.meta.url);
const PLACES = ["deno-lavapipe", "chromium-page"];

const job: MatrixJob = {
  genes: 6,
  settings: {
    nEstimators: 2,
    nFolds: 2,
    algorithmParams: { max_depth: 3, subsample: 0.7, colsample_bynode: 0.6 },
  },
  unchecked: true,
};

for (const { name, available, reason } of executors().filter(({ name }) => PLACES.includes(name))) {
  const skipped = available ? "" : ` (skipped: ${reason})`;
  it.skipIf(!available)(`a small training has the CPU engine's hash on ${name}${skipped}`, async () => {
    const expected = await main(null, job, () => Promise.reject(new Error("no files")));
    expect(await runOn(name, ENTRY, job)).toEqual(expected);
  });
}
