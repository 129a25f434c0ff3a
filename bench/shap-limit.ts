/** What the vector units of the machine can do in WebAssembly, and what SHAP values ask of them. */
import asc from "assemblyscript/asc";
import { type ShapNode, shapTrees, usedColumns } from "../src/cpu/shap-program.ts";
import { pointsFor } from "../src/cpu/shap-quadrature.ts";
import type { TreeModel } from "../src/trees/tree-model.ts";

const CHAINS = 12;
const ROUNDS = 100_000_000;

/** Independent chains of multiplications and additions: nothing waits for memory or for another result. */
function source(): string {
  const names = Array.from({ length: CHAINS }, (_, i) => `a${i}`);
  const step = (op: string): string => names.map((a) => `${a} = f64x2.${op}(${a}, c);`).join("\n");
  return `export function run(rounds: i32): f64 {
    const c = f64x2.splat(0.999999);
    ${names.map((a, i) => `let ${a} = f64x2.splat(${i + 1});`).join("\n")}
    for (let i = 0; i < rounds; i++) {
      ${step("mul")}
      ${step("add")}
    }
    return ${names.map((a) => `f64x2.extract_lane(${a}, 0)`).join(" + ")};
  }`;
}

/** Ticks of /proc a second. */
const TICKS = 100;

/** Processor time of this process so far, all threads, to a hundredth; NaN where the system does not tell (it is read from /proc). */
export function cpuSeconds(): number {
  try {
    const fields = Deno.readTextFileSync("/proc/self/stat").replace(/^.*\) /, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return NaN;
  }
}

/** Vector instructions (two f64 each) that one thread completes in a second of processor time, at best. */
export async function vectorRate(): Promise<number> {
  const { binary, error } = await asc.compileString(source(), {
    optimizeLevel: 3,
    noAssert: true,
    runtime: "stub",
    enable: ["simd"],
  });
  if (error || !binary) throw error ?? new Error("asc made nothing");
  const { instance } = await WebAssembly.instantiate(binary.slice());
  const run = instance.exports.run as (rounds: number) => number;
  run(1000);
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const [wall, before] = [performance.now(), cpuSeconds()];
    run(ROUNDS);
    const processor = cpuSeconds() - before;
    best = Math.min(best, Number.isNaN(processor) ? (performance.now() - wall) / 1000 : processor);
  }
  return ROUNDS * CHAINS * 2 / best;
}

/**
 * Vector instructions without loads and stores that path-dependent values of two rows take, at least: per point eight at an inner node and two at
 * one between leaves; per node the comparison, the choice of the gain, its product and its sum.
 */
export function vectorsForTwoRows(models: readonly TreeModel[]): number {
  const used = usedColumns(models);
  const count = (node: ShapNode | number, points: number): number => {
    if (typeof node === "number") return 0;
    const bottom = typeof node.left === "number" && typeof node.right === "number";
    return (bottom ? 2 : 8) * points + 4 + count(node.left, points) + count(node.right, points);
  };
  return models.flatMap((model) => shapTrees(model, used))
    .reduce((sum, { root, features }) => sum + count(root, pointsFor(features)), 0);
}
