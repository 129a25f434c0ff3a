/** A thread of the CPU predictor. */
import type { CompiledTrees } from "./compiled-trees.ts";
import { TreeEvaluator } from "./evaluate-trees.ts";

/** A model to keep, or rows to evaluate with it. */
export type ToPredictWorker =
  | { readonly trees: CompiledTrees }
  | { readonly columns: readonly Float32Array[]; readonly rows: number };
export type FromPredictWorker = { readonly margins: readonly Int32Array[] } | { readonly failure: string };

const scope = self as unknown as {
  onmessage: ((event: { data: ToPredictWorker }) => void) | null;
  postMessage(message: FromPredictWorker, transfer?: Transferable[]): void;
};

let evaluator: TreeEvaluator | null = null;

scope.onmessage = ({ data }) => {
  try {
    if ("trees" in data) {
      evaluator = new TreeEvaluator(data.trees);
      return;
    }
    const margins = evaluator!.margins(data.columns, data.rows);
    scope.postMessage({ margins }, margins.map((own) => own.buffer as ArrayBuffer));
  } catch (error) {
    scope.postMessage({ failure: error instanceof Error ? error.message : String(error) });
  }
};
