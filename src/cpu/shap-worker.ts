/** A thread that computes SHAP values of its rows. */
import { explainerOf, type ShapProgram } from "./shap.ts";

export interface ToShapWorker {
  readonly program: ShapProgram;
  readonly columns: readonly Float32Array[];
  readonly rows: number;
}
export type FromShapWorker = { readonly values: readonly Float32Array[] } | { readonly failure: string };

const scope = self as unknown as {
  onmessage: ((event: { data: ToShapWorker }) => void) | null;
  postMessage(message: FromShapWorker, transfer?: Transferable[]): void;
};

scope.onmessage = ({ data: { program, columns, rows } }) => {
  try {
    const values = explainerOf(program).explain(columns, rows);
    scope.postMessage({ values }, values.map(({ buffer }) => buffer as ArrayBuffer));
  } catch (error) {
    scope.postMessage({ failure: error instanceof Error ? error.message : String(error) });
  }
};
