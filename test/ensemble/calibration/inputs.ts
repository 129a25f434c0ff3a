/** Scores and labels from integer formulas, the same as bench/peers/calibration_goldens.py makes, and margins with known chances. */
import type { LabelledScores } from "../../../src/ensemble/calibration/parametric.ts";
import { PURPOSE, Stream } from "../../../src/numerics/random.ts";

/** How to make an input again. */
export interface Recipe {
  readonly seed: number;
  readonly rows: number;
  /** Scores are multiples of 2^(3 - bits). */
  readonly bits: number;
  readonly scale: number;
}

/** Scores from -4 to 4 in log-odds; the chance of a positive is 1/2 + scale * score / 8. */
export function makeScores({ seed, rows, bits, scale }: Recipe): LabelledScores {
  let state = seed;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  const scores = new Float64Array(rows);
  const isPositive = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    scores[row] = (draw() >>> (24 - bits)) / 2 ** (bits - 3) - 4;
    isPositive[row] = Number(draw() / 2 ** 24 < 0.5 + scale * scores[row] / 8);
  }
  return { scores, isPositive };
}

/** Three-class rows whose chances are known. */
export interface KnownRows {
  /** (n, 3) log-odds of the known chances. */
  readonly margins: Float64Array;
  /** (n, 3) the chances themselves. */
  readonly chances: Float64Array;
  readonly labels: Uint8Array;
  readonly geneStart: Uint32Array;
}

/**
 * Rows of genes of equal size: mostly neither, chances spread from nearly none to nearly sure. Within a gene labels lean to one side
 * (all its sites are likelier or rarer than they should be), so that rows of a gene are not independent, but over genes the chances
 * hold exactly.
 */
export function knownRows(seed: number, genes: number, rowsPerGene: number, lean = 0.3): KnownRows {
  const stream = new Stream(seed, PURPOSE.simulate);
  const rows = genes * rowsPerGene;
  const chances = new Float64Array(3 * rows);
  const labels = new Uint8Array(rows);
  for (let gene = 0; gene < genes; gene++) {
    const side = lean * (stream.nextInt(2) === 0 ? 1 : -1);
    for (let row = gene * rowsPerGene; row < (gene + 1) * rowsPerGene; row++) {
      const site = 1 / (1 + Math.exp(2 - 2.5 * stream.nextNormal()));
      const donor = site / (1 + Math.exp(3 * stream.nextNormal()));
      chances.set([1 - site, donor, site - donor], 3 * row);
      const leaning = site + side * site * (1 - site);
      const draw = stream.nextFloat();
      labels[row] = draw >= leaning ? 0 : draw < leaning * donor / site ? 1 : 2;
    }
  }
  return {
    margins: chances.map((p) => Math.log(p / (1 - p))),
    chances,
    labels,
    geneStart: Uint32Array.from({ length: genes + 1 }, (_, g) => g * rowsPerGene),
  };
}
