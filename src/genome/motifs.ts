/**
 * Splice-site motifs: drawn from the measured position frequencies, planted into the sequence, and measured by their
 * log-odds strength. A decoy's motif is drawn from the same frequencies tilted towards a wanted strength.
 */
import type { Stream } from "../numerics/random.ts";
import { ACCEPTOR_MOTIF, type BaseFrequencies, DONOR_MOTIF, INTRON_COMPOSITION } from "./statistics.ts";
import type { MotifFrequencies } from "./statistics.ts";
import type { SiteType } from "./structure.ts";

/** Frequencies below this count as it, so that log-odds stay finite. */
const LEAST_FREQUENCY = 1e-3;
/** Wanted strengths are rounded to this step and held within this many steps of the mean. */
const SHIFT_STEP = 0.25;
const SHIFT_STEPS = 10;

/** A motif ready to draw from. */
class Motif {
  readonly frequencies: MotifFrequencies;
  /** log2 odds of base over the introns' frequencies, [row * 4 + base]. */
  readonly #odds: Float64Array;
  readonly #mean: number;
  readonly #deviation: number;
  /** By step: cumulative 16-bit thresholds, three a row. */
  readonly #thresholds = new Map<number, Float64Array>();

  constructor(frequencies: MotifFrequencies) {
    this.frequencies = frequencies;
    this.#odds = new Float64Array(frequencies.rows.length * 4);
    let mean = 0;
    let variance = 0;
    for (const [row, shares] of frequencies.rows.entries()) {
      let rowMean = 0;
      let rowSquares = 0;
      for (let base = 0; base < 4; base++) {
        const odds = Math.log2(Math.max(shares[base], LEAST_FREQUENCY) / INTRON_COMPOSITION[base]);
        this.#odds[row * 4 + base] = odds;
        rowMean += shares[base] * odds;
        rowSquares += shares[base] * odds * odds;
      }
      mean += rowMean;
      variance += rowSquares - rowMean * rowMean;
    }
    this.#mean = mean;
    this.#deviation = Math.sqrt(variance);
  }

  /** Draws bases into codes at `at` and returns their strength: log-odds, standardised over true sites. */
  plant(codes: Uint8Array, at: number, shift: number, stream: Stream): number {
    const thresholds = this.#tilted(shift);
    const rows = this.frequencies.rows.length;
    let strength = 0;
    let word = 0;
    for (let row = 0; row < rows; row++) {
      word = (row & 1) === 0 ? stream.nextU32() : word >>> 16;
      const draw = word & 0xffff;
      const first = row * 3;
      const base = draw < thresholds[first + 1]
        ? (draw < thresholds[first] ? 0 : 1)
        : (draw < thresholds[first + 2] ? 2 : 3);
      codes[at + row] = base;
      strength += this.#odds[row * 4 + base];
    }
    return (strength - this.#mean) / this.#deviation;
  }

  /** Exponential tilting: frequencies times 2^(odds * t), whose mean strength moves by t times the variance. */
  #tilted(shift: number): Float64Array {
    const step = Math.max(-SHIFT_STEPS, Math.min(SHIFT_STEPS, Math.round(shift / SHIFT_STEP)));
    let thresholds = this.#thresholds.get(step);
    if (!thresholds) {
      const power = (step * SHIFT_STEP) / (this.#deviation * Math.LN2);
      thresholds = Float64Array.from(
        this.frequencies.rows.flatMap((shares, row) => this.#cumulative(shares, row, power)),
      );
      this.#thresholds.set(step, thresholds);
    }
    return thresholds;
  }

  #cumulative(shares: BaseFrequencies, row: number, power: number): number[] {
    const weights = shares.map((share, base) => share * 2 ** (power * this.#odds[row * 4 + base]));
    const total = weights.reduce((sum, weight) => sum + weight);
    let sum = 0;
    return weights.slice(0, 3).map((weight) => Math.round(((sum += weight) / total) * 65536));
  }
}

const MOTIFS: Readonly<Record<SiteType, Motif>> = {
  donor: new Motif(DONOR_MOTIF),
  acceptor: new Motif(ACCEPTOR_MOTIF),
};

/** Positions that a motif at `site` covers, half-open; they may reach beyond the gene. */
export function motifSpan(type: SiteType, site: number): { readonly start: number; readonly end: number } {
  const { offset, rows } = MOTIFS[type].frequencies;
  return { start: site + offset, end: site + offset + rows.length };
}

/**
 * Plants a motif for a site, overwriting the bases there. The caller sees to it that the motif's span lies in the gene.
 * @param site The last exonic base (donor) or the first (acceptor), gene-relative.
 * @param shift Wanted mean strength in standard deviations: 0 draws as true sites are, less gives weaker motifs.
 * @returns The strength of the motif drawn, in standard deviations from the mean of true sites.
 */
export function plantMotif(
  codes: Uint8Array,
  type: SiteType,
  site: number,
  shift: number,
  stream: Stream,
): number {
  return MOTIFS[type].plant(codes, motifSpan(type, site).start, shift, stream);
}
