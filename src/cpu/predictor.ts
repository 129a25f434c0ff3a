/** Prediction on the CPU: WebAssembly kernels, on workers where there are any. Margins equal TreeModel.marginsOf to the bit. */
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import { createQueue, type PredictableModel, sameModels, type TreePredictor } from "../numerics/predictor.ts";
import { type CompiledTrees, compileTrees } from "./compiled-trees.ts";
import { TreeEvaluator } from "./evaluate-trees.ts";
import type { FromPredictWorker, ToPredictWorker } from "./predict-worker.ts";

/** Fewer rows than this are not worth a message to a worker. */
const MIN_ROWS_A_THREAD = 4096;

/** A predictor with that many threads (default: all cores; one where there are no workers). */
export function createCpuPredictor(options: { readonly threads?: number } = {}): TreePredictor {
  const wanted = options.threads ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 1024) {
    throw usageError(`threads must be a whole number from 1 to 1024, got ${wanted}`);
  }
  const threads = typeof Worker === "undefined" ? 1 : wanted;
  let compiledFor: readonly PredictableModel[] = [];
  let compiled: CompiledTrees | null = null;
  let own: TreeEvaluator | null = null;
  const workers: Worker[] = [];

  const compile = (models: readonly PredictableModel[], columns: number): CompiledTrees => {
    if (compiled && sameModels(models, compiledFor)) return compiled;
    const trees = compileTrees(models, columns);
    [compiledFor, compiled, own] = [[...models], trees, null];
    for (const worker of workers) post(worker, { trees });
    return trees;
  };

  const evaluate: TreePredictor["margins"] = async (models, columns, rows) => {
    const trees = compile(models, columns.length);
    const used = Array.from(trees.used, (column) => columns[column]);
    const parts = Math.max(1, Math.min(threads, Math.floor(rows / MIN_ROWS_A_THREAD)));
    const first = Math.floor(rows / parts);
    const started = Array.from({ length: parts - 1 }, (_, i) => {
      const worker = workers[i] ??= startWorker(trees);
      const begin = Math.floor(rows * (i + 1) / parts);
      const end = Math.floor(rows * (i + 2) / parts);
      const slices = used.map((values) => values.slice(begin, end));
      const transfer = slices.map((values) => values.buffer as ArrayBuffer);
      const answer = answerOf(worker);
      post(worker, { columns: slices, rows: end - begin }, transfer);
      return answer.then((margins) => ({ begin, margins }));
    });
    own ??= new TreeEvaluator(trees);
    const ownMargins = own.margins(
      used.map((values) => values.subarray(0, parts > 1 ? first : rows)),
      parts > 1 ? first : rows,
    );
    if (parts === 1) return ownMargins;
    const all = models.map((_, m) => {
      const margins = new Int32Array(rows);
      margins.set(ownMargins[m]);
      return margins;
    });
    for (const { begin, margins } of await Promise.all(started)) {
      margins.forEach((part, m) => all[m].set(part, begin));
    }
    return all;
  };
  // A worker answers one question at a time.
  const queue = createQueue();
  return {
    margins: (models, columns, rows) => queue(() => evaluate(models, columns, rows)),
    close() {
      for (const worker of workers.splice(0)) worker.terminate();
    },
  };
}

function post(worker: Worker, message: ToPredictWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}

function startWorker(trees: CompiledTrees): Worker {
  const worker = new Worker(new URL("./predict-worker.ts", import.meta.url), { type: "module" });
  post(worker, { trees });
  return worker;
}

function answerOf(worker: Worker): Promise<readonly Int32Array[]> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromPredictWorker>) => {
      if ("margins" in data) resolve(data.margins);
      else reject(new SpliceboostError("runtime", `a thread of the predictor failed: ${data.failure}`));
    };
    worker.onerror = (event: ErrorEvent) => {
      event.preventDefault();
      reject(new SpliceboostError("runtime", `a thread of the predictor failed: ${event.message}`));
    };
  });
}
