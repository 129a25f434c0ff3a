/** One hash of a training on every executor of the matrix and on the CPU engine: simulated genes, and real data where it is present. */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { executors, executorsWithoutWebgpu, expectedExecutors, runOn } from "../executors/executors.ts";
import { main, type MatrixJob, type MatrixResult } from "../gpu/matrix.entry.ts";

const ENTRY = new URL("../gpu/matrix.entry.ts", import.meta.url);
const FOLDER = fileURLToPath(new URL("../../../shared/data/lrg/osai80/master/", import.meta.url));
const real = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((name) => name.endsWith(".parquet")).sort().map((name) => FOLDER + name)
  : [];

const jobs: Record<string, MatrixJob> = {
  "8 simulated genes": {
    genes: 8,
    settings: {
      nEstimators: 3,
      nFolds: 2,
      holdoutRepeats: 0,
      earlyStoppingPatience: 1,
      validSize: 0.2,
      algorithmParams: { max_depth: 6, subsample: 0.8, colsample_bytree: 0.8, colsample_bynode: 0.8 },
    },
  },
  "osai80": {
    files: real,
    settings: {
      nEstimators: 1,
      nFolds: 2,
      holdoutRepeats: 0,
      algorithmParams: { max_depth: 4, subsample: 0.5 },
    },
    unchecked: true,
  },
};

const ran: string[] = [];

describe.each(Object.entries(jobs))("a training on %s", (_, job) => {
  const absent = job.files?.length === 0 ? " (skipped: ../shared/data is absent)" : "";
  let expected: MatrixResult;
  beforeAll(async () => {
    if (!absent) expected = await main(null, job, (path) => readFile(path));
  });

  for (const { name, available, reason } of executors()) {
    const skipped = absent || (available ? "" : ` (skipped: ${reason})`);
    it.skipIf(skipped !== "")(`has the CPU engine's hash on ${name}${skipped}`, async () => {
      expect(await runOn(name, ENTRY, job, [...job.files ?? []])).toEqual(expected);
      ran.push(name);
    });
  }
});

it("ran on all executors that SPLICEBOOST_EXPECT_ADAPTERS promises", () => {
  const without = executorsWithoutWebgpu().map(({ name }) => name);
  const promised = expectedExecutors().filter((name) => !without.includes(name));
  expect(ran).toEqual(expect.arrayContaining(promised));
});
