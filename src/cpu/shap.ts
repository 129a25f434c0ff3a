/** SHAP values on the CPU: WebAssembly kernels, rows split over workers where there are any. No value depends on the number of threads. */
import { SpliceboostError } from "../numerics/errors.ts";
import { BackgroundExplainer } from "./shap-background-explainer.ts";
import type { ShapBackground } from "./shap-background.ts";
import { PathExplainer } from "./shap-path-explainer.ts";
import type { ShapPaths } from "./shap-paths.ts";
import type { FromShapWorker, ToShapWorker } from "./shap-worker.ts";

/** Compiled models: path-dependent, or interventional with their background. */
export type ShapProgram = { readonly paths: ShapPaths } | { readonly background: ShapBackground };

/** Computes SHAP values of compiled models on one thread. */
export interface Explainer {
  /**
   * SHAP values per model, (used columns, rows) f32, log odds.
   * @param columns f32 values of the columns that the program uses, in their order; missing is NaN
   */
  explain(columns: readonly Float32Array[], rows: number): Float32Array[];
}

/** Rows a thread takes at least: fewer are not worth its start. */
const MIN_ROWS_A_THREAD = 256;

/** The explainer of a program. @throws SpliceboostError (memory) where there is none for the trees */
export function explainerOf(program: ShapProgram): Explainer {
  return "paths" in program ? new PathExplainer(program.paths) : new BackgroundExplainer(program.background);
}

/**
 * SHAP values per model, (used columns, rows) f32, by so many threads at most; workers are started and ended.
 * @throws SpliceboostError (memory) where there is none for the trees, (runtime) where a thread fails
 */
export async function explainOnCpu(
  program: ShapProgram,
  columns: readonly Float32Array[],
  rows: number,
  threads: number,
): Promise<Float32Array[]> {
  const most = typeof Worker === "undefined" ? 1 : threads;
  const parts = Math.max(1, Math.min(most, Math.floor(rows / MIN_ROWS_A_THREAD)));
  if (parts === 1) return explainerOf(program).explain(columns, rows);
  const bounds = Array.from({ length: parts + 1 }, (_, i) => Math.floor(rows * i / parts));
  const workers: Worker[] = [];
  try {
    const others = bounds.slice(1, parts).map((begin, i) => {
      const end = bounds[i + 2];
      const worker = new Worker(new URL("./shap-worker.ts", import.meta.url), { type: "module" });
      workers.push(worker);
      const answer = answerOf(worker);
      const slices = columns.map((values) => values.slice(begin, end));
      const message: ToShapWorker = { program, columns: slices, rows: end - begin };
      worker.postMessage(message, slices.map(({ buffer }) => buffer as ArrayBuffer));
      return answer;
    });
    const own = explainerOf(program).explain(
      columns.map((values) => values.subarray(0, bounds[1])),
      bounds[1],
    );
    return joined([own, ...await Promise.all(others)], bounds);
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

/** Parts of rows behind each other; part i has rows bounds[i] .. bounds[i+1]-1. */
function joined(parts: readonly (readonly Float32Array[])[], bounds: readonly number[]): Float32Array[] {
  const rows = bounds[parts.length];
  return parts[0].map((first, m) => {
    const columns = first.length / bounds[1];
    const all = new Float32Array(columns * rows);
    parts.forEach((part, i) => {
      const count = bounds[i + 1] - bounds[i];
      for (let c = 0; c < columns; c++) {
        all.set(part[m].subarray(c * count, (c + 1) * count), c * rows + bounds[i]);
      }
    });
    return all;
  });
}

function answerOf(worker: Worker): Promise<readonly Float32Array[]> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void =>
      reject(new SpliceboostError("runtime", `a thread that computes SHAP values failed: ${reason}`));
    worker.onmessage = ({ data }: MessageEvent<FromShapWorker>) => {
      if ("values" in data) resolve(data.values);
      else fail(data.failure);
    };
    worker.onerror = (event: ErrorEvent) => {
      event.preventDefault();
      fail(event.message);
    };
  });
}
