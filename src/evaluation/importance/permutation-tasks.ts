/** The tasks of permutation importance: predict rows with every unit permuted, and rank them. */
import { probability } from "../../numerics/sigmoid.ts";
import { probabilityMetrics } from "../metrics.ts";
import { ACCEPTOR, DONOR, rankingMetrics } from "../ranking.ts";
import { permutedMargins, type PermutedRows } from "./permuted-margins.ts";

/** Held-out rows of a fold, and its three models in class order. */
export interface PermutedFold extends PermutedRows {
  /** Class code per row. */
  readonly labels: Uint8Array;
}

/**
 * Predictions of a block of rows. Variant 0 is the rows as they are, variant 1 + r * units + u has unit u permuted in repeat r; a
 * variant's i-th row is at variant * rows of the block + i.
 */
export interface PermutedScores {
  /** Sum of the rows' log-losses per variant. */
  readonly lossSums: Float64Array;
  readonly donor: Float32Array;
  readonly acceptor: Float32Array;
}

/** Task: predicts rows begin .. end-1 in all variants. */
export function scorePermuted(
  { begin, end }: { readonly begin: number; readonly end: number },
  fold: PermutedFold,
): PermutedScores {
  const rows = end - begin;
  const variants = 1 + fold.repeats * fold.units;
  const classes = [0, 1, 2].map((model) => {
    const { margins, changes } = permutedMargins(fold, model, begin, end);
    return { margins, changes, plain: Float32Array.from(margins, probability) };
  });
  const labels = fold.labels.subarray(begin, end);
  const geneStart = Uint32Array.of(0, rows);
  const lossSums = new Float64Array(variants);
  const donor = new Float32Array(variants * rows);
  const acceptor = new Float32Array(variants * rows);
  const neither = new Float32Array(rows);
  for (let variant = 0; variant < variants; variant++) {
    const own = [
      neither,
      donor.subarray(variant * rows, (variant + 1) * rows),
      acceptor.subarray(variant * rows, (variant + 1) * rows),
    ];
    classes.forEach(({ margins, changes, plain }, c) => {
      own[c].set(plain);
      if (variant === 0) return;
      const from = (variant - 1) * rows;
      for (let i = 0; i < rows; i++) {
        if (changes[from + i] !== 0) own[c][i] = probability(margins[i] + changes[from + i]);
      }
    });
    const scored = { labels, geneStart, neither, donor: own[1], acceptor: own[2] };
    lossSums[variant] = probabilityMetrics(scored).logLoss * rows;
  }
  return { lossSums, donor, acceptor };
}

/**
 * Task: mean of donor and acceptor average precision per variant, NaN where either is undefined. `donor` and `acceptor` hold as many
 * scores a variant as there are labels.
 */
export function rankPermuted(
  { donor, acceptor }: { readonly donor: Float32Array; readonly acceptor: Float32Array },
  { labels }: { readonly labels: Uint8Array },
): Float64Array {
  const rows = labels.length;
  const macroAp = new Float64Array(donor.length / rows);
  for (let v = 0; v < macroAp.length; v++) {
    const donors = rankingMetrics(donor.subarray(v * rows, (v + 1) * rows), labels, DONOR);
    const acceptors = rankingMetrics(acceptor.subarray(v * rows, (v + 1) * rows), labels, ACCEPTOR);
    macroAp[v] = (donors.ap + acceptors.ap) / 2;
  }
  return macroAp;
}
