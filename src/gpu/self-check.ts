/** The check at the start: an adapter that miscomputes is refused before it trains anything. */
import { SpliceboostError } from "../numerics/errors.ts";
import type { Gpu } from "./gpu.ts";
import type { Step } from "./round-steps.ts";
import { TREE_KERNELS, type TreeKernel } from "./tree-kernels.ts";
import { quickCase } from "./verify-cases.ts";
import { verifyRounds } from "./verify-rounds.ts";

/** Kernels that were found right in this process, by adapter. */
const RIGHT = new Map<string, Set<TreeKernel>>();

/** What nearly every training runs, next to the kernels that all do. */
export const USUAL_KERNELS: readonly TreeKernel[] = [
  "histogramPacked",
  "histogramPrivate",
  "search",
  "settle",
];

/** The kernels of steps. */
export function kernelsOf(steps: readonly Step[]): TreeKernel[] {
  return [...new Set(steps.flatMap((step) => ("clear" in step ? [] : [step.kernel])))];
}

/**
 * Compares these kernels with their twins over a tiny training, but for those that this process has found right on that adapter.
 * @throws SpliceboostError (device) that names the first kernel that differs
 */
export async function selfCheck(gpu: Gpu, kernels: readonly TreeKernel[]): Promise<void> {
  const key = `${gpu.description}, ${gpu.softwareKernels ? "software" : "all"}`;
  let right = RIGHT.get(key);
  if (!right) RIGHT.set(key, right = new Set());
  if (kernels.every((kernel) => right.has(kernel))) return;
  const { profile } = gpu;
  gpu.profile = false;
  try {
    await verifyRounds(gpu, quickCase(new Set(kernels)), ({ kernel }, difference) => {
      if (difference !== null) throw miscomputes(gpu, TREE_KERNELS[kernel].name, difference);
      right.add(kernel);
    }, Infinity);
  } finally {
    gpu.profile = profile;
  }
  for (const kernel of kernels) right.add(kernel);
}

function miscomputes(gpu: Gpu, kernel: string, difference: string): SpliceboostError {
  return new SpliceboostError(
    "device",
    `${gpu.description} miscomputes, so it is not used: the kernel ${kernel} differs from its twin on the CPU ` +
      `(${difference}); \`spliceboost verify\` shows all that does; update the GPU's driver, or use the CPU engine (--device cpu)`,
  );
}
