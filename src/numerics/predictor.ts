/** The one interface between tree models and what evaluates them fast. Whatever the predictor, the margins are the same. */

/** What is needed of a model; the arrays are those of a packed tree model (see trees/tree-model.ts): children come after their parent. */
export interface PredictableModel {
  /** Margin before any tree, fixed point. */
  readonly baseMargin: number;
  readonly packed: {
    readonly offsets: Uint32Array;
    readonly column: Int32Array;
    readonly threshold: Float32Array;
    readonly missingLeft: Uint8Array;
    readonly left: Int32Array;
    readonly value: Int32Array;
  };
}

/** Evaluates models; several calls reuse its threads or buffers and its form of the trees. Calls that overlap wait for each other. */
export interface TreePredictor {
  /**
   * Fixed-point margins (multiples of 2^-20) per model and row.
   * @param columns f32 values per feature, rows long (those no model splits on are not read); missing is NaN.
   */
  margins(
    models: readonly PredictableModel[],
    columns: readonly Float32Array[],
    rows: number,
  ): Promise<Int32Array[]>;
  /** Frees threads or buffers. */
  close(): void;
}

/** Begins each work when the one before it has ended, well or not. */
export function createQueue(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const answer = last.then(work);
    last = answer.catch(() => {});
    return answer;
  };
}

/** Whether two lists hold the same models, in the same order. */
export function sameModels(a: readonly PredictableModel[], b: readonly PredictableModel[]): boolean {
  return a.length === b.length && a.every((model, m) => model === b[m]);
}
