/** Every kernel against its twin, and whole trainings against the CPU engine, on the user's own adapter. */
import { Gpu, type GpuOptions, openGpu } from "./gpu.ts";
import { PREDICT } from "./prediction-chunk.ts";
import { TREE_KERNELS } from "./tree-kernels.ts";
import { SHAP } from "./shap.ts";
import { verifyShap } from "./shap-verify.ts";
import { CASES, QUICK_CASES, TRAININGS } from "./verify-cases.ts";
import type { VerifyCase } from "./verify-data.ts";
import { F64, verifyF64 } from "./verify-f64.ts";
import { verifyPredict } from "./verify-predict.ts";
import { Tally, type VerifyReport } from "./verify-report.ts";
import { verifyRounds } from "./verify-rounds.ts";
import { verifyTraining } from "./verify-training.ts";

export { differencesOf, type VerifyReport, type VerifyRow } from "./verify-report.ts";

export interface VerifyOptions {
  /** Only two tiny trainings, which run every kernel of a training; default false. */
  readonly quick?: boolean;
  /** Called before each case. */
  readonly onCase?: (
    progress: { readonly name: string; readonly done: number; readonly total: number },
  ) => void;
}

/** Pairs of doubles that every operation is compared over. */
const PAIRS = 2 ** 18;
const FORESTS = 4;
/** Row of the report for trainings against the CPU engine. */
const TRAINING = "trainings";

/**
 * Compares what an adapter computes with what it should compute: each dispatch of small trainings with its twin, word by word; the
 * kernels' double precision with the host's; the prediction kernel and the one of SHAP values with their twins; trees and margins with the CPU engine's.
 * @param gpu a device, or how to open one, which is then closed again
 * @throws SpliceboostError (device) where there is no adapter, or where it fails instead of answering; the message names the kernel
 */
export async function verifyGpu(
  gpu: Gpu | GpuOptions = {},
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  if (gpu instanceof Gpu) return await verifyDevice(gpu, options);
  const own = await openGpu(gpu);
  try {
    return await verifyDevice(own, options);
  } finally {
    own.destroy();
  }
}

/** A case of the verification. */
interface Check {
  readonly name: string;
  run(): Promise<void>;
}

async function verifyDevice(gpu: Gpu, { quick = false, onCase }: VerifyOptions): Promise<VerifyReport> {
  const tally = new Tally(Object.values(TREE_KERNELS).map(({ name }) => name));
  const rounds = quick ? QUICK_CASES : CASES;
  const checks = [
    // Steps one by one, but for the start: a readback takes time.
    ...rounds.map((c) => roundsCheck(gpu, tally, c, quick ? Infinity : 1)),
    ...(quick ? [] : otherChecks(gpu, tally)),
  ];
  for (const [done, { name, run }] of checks.entries()) {
    onCase?.({ name, done, total: checks.length });
    await run();
  }
  return { adapter: gpu.description, rows: tally.rows() };
}

function roundsCheck(gpu: Gpu, tally: Tally, c: VerifyCase, atOnce: number): Check {
  const run = (): Promise<void> =>
    verifyRounds(gpu, c, ({ bound }, difference) => {
      tally.add(bound.pipeline.kernel.name, c.name, 1, difference);
    }, atOnce);
  return { name: c.name, run };
}

function otherChecks(gpu: Gpu, tally: Tally): Check[] {
  const check = (kernel: string, name: string, compare: () => Promise<string | null>): Check => ({
    name,
    async run() {
      const before = gpu.counters.dispatches;
      const difference = await compare();
      tally.add(kernel, name, gpu.counters.dispatches - before, difference);
    },
  });
  return [
    check(F64.name, `${PAIRS} pairs of doubles`, () => verifyF64(gpu, PAIRS)),
    ...Array.from(
      { length: FORESTS },
      (_, i) => check(PREDICT.name, `forests ${i + 1}`, () => verifyPredict(gpu, i, 200 * i + 1)),
    ),
    check(SHAP.name, "SHAP values", () => verifyShap(gpu, 1, 300)),
    ...TRAININGS.map((c) => check(TRAINING, c.name, () => verifyTraining(gpu, c))),
  ];
}
