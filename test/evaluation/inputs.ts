/** Inputs made from integer formulas, the same as bench/peers/metrics_goldens.py makes. */
import type { EvaluationInput } from "../../src/evaluation/types.ts";

/** How to make an input again. */
export interface Recipe {
  readonly seed: number;
  readonly rows: number;
  readonly genes: number;
  /** Scores are multiples of 2^-bits. */
  readonly bits: number;
  /** Class codes that occur. */
  readonly classes: readonly number[];
}

type Inputs = Omit<EvaluationInput, "genes" | "threshold" | "baseThresh"> & {
  readonly baseScores: { readonly donor: Float32Array; readonly acceptor: Float32Array };
};

export function makeInputs({ seed, rows, genes, bits, classes }: Recipe): Inputs {
  const draw = generator(seed);
  const score = (own: boolean): number => {
    const first = draw() >>> (24 - bits);
    return (own ? Math.max(first, draw() >>> (24 - bits)) : first) / 2 ** bits;
  };
  const labels = new Uint8Array(rows);
  const probabilities = new Float32Array(3 * rows);
  const baseScores = { donor: new Float32Array(rows), acceptor: new Float32Array(rows) };
  for (let row = 0; row < rows; row++) {
    const kind = draw() >>> 20;
    const label = kind === 1 ? 1 : kind === 2 ? 2 : 0;
    labels[row] = classes.includes(label) ? label : classes[0];
    for (let c = 0; c < 3; c++) probabilities[3 * row + c] = score(c === labels[row]);
    baseScores.donor[row] = score(labels[row] === 1);
    baseScores.acceptor[row] = score(labels[row] === 2);
  }
  const geneStart = Uint32Array.from({ length: genes + 1 }, (_, g) => Math.floor((g * rows) / genes));
  return { labels, probabilities, geneStart, baseScores };
}

/** Numerical Recipes' 32-bit linear congruential generator; gives the high 24 bits. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}
