/**
 * Background sequence of a simulated gene: a first-order Markov chain whose base frequencies are those measured in exons and
 * introns and whose pairs are those of the human genome, with a G and C content that differs between genes and drifts along them.
 */
import { rowDraw, type Stream } from "../numerics/random.ts";
import { A, C, G, T } from "./nucleotides.ts";
import { type BaseFrequencies, EXON_COMPOSITION, INTRON_COMPOSITION } from "./statistics.ts";
import type { GeneStructure } from "./structure.ts";

/** Nucleotides over which the G and C content holds still. */
const BLOCK = 200;
/** Standard deviation of a block's tilt about the gene's, and its correlation with the block before. */
const DRIFT_SPREAD = 0.2;
const DRIFT_MEMORY = 0.8;

/** Tilts are rounded to this step and held within this many steps of 0. */
const TILT_STEP = 0.05;
const TILT_STEPS = 16;

/** Pairs of the human genome (hg19) over what their bases' frequencies would give: [before][after], A, C, G, T. */
const PAIR_ODDS = [
  [1.12, 0.83, 1.16, 0.89],
  [1.2, 1.25, 0.24, 1.16],
  [0.98, 1.02, 1.25, 0.83],
  [0.75, 0.98, 1.2, 1.12],
] as const;
/** Exons keep more of their CG pairs. */
const CG_ODDS_IN_EXONS = 0.4;

/** Draws the gene's bases, codes 0..3, splice sites not yet planted. */
export function drawSequence(structure: GeneStructure, stream: Stream): Uint8Array {
  const codes = new Uint8Array(structure.length);
  const key0 = stream.nextU32();
  const key1 = stream.nextU32();
  let drift = stream.nextNormal();
  let exon = 0;
  let base = stream.nextInt(4);
  for (let start = 0; start < codes.length;) {
    if (start >= structure.exons[exon].end) exon++;
    const inExon = start >= structure.exons[exon].start;
    const regionEnd = inExon ? structure.exons[exon].end : structure.exons[exon].start;
    const blockEnd = (Math.floor(start / BLOCK) + 1) * BLOCK;
    const end = Math.min(regionEnd, blockEnd);
    const thresholds = chain(inExon ? "exon" : "intron", structure.tilt + DRIFT_SPREAD * drift);
    for (let i = start; i < end; i++) {
      // One hash serves two bases.
      const word = rowDraw(key0, key1, i >> 1);
      const draw = (i & 1) === 0 ? word & 0xffff : word >>> 16;
      const row = base * 3;
      base = draw < thresholds[row + 1]
        ? (draw < thresholds[row] ? A : C)
        : (draw < thresholds[row + 2] ? G : T);
      codes[i] = base;
    }
    if (end === blockEnd) {
      drift = DRIFT_MEMORY * drift + Math.sqrt(1 - DRIFT_MEMORY * DRIFT_MEMORY) * stream.nextNormal();
    }
    start = end;
  }
  return codes;
}

const chains = new Map<string, Float64Array>();

/** Cumulative 16-bit thresholds, three for each base before, of the chain of a region at a tilt. */
function chain(region: "exon" | "intron", tilt: number): Float64Array {
  const step = Math.max(-TILT_STEPS, Math.min(TILT_STEPS, Math.round(tilt / TILT_STEP)));
  const key = `${region} ${step}`;
  let thresholds = chains.get(key);
  if (!thresholds) {
    const frequencies = region === "exon" ? EXON_COMPOSITION : INTRON_COMPOSITION;
    const odds: number[][] = PAIR_ODDS.map((row) => [...row]);
    if (region === "exon") odds[C][G] = CG_ODDS_IN_EXONS;
    const pairs = pairFrequencies(tilted(frequencies, step * TILT_STEP), odds);
    thresholds = new Float64Array(12);
    for (let before = 0; before < 4; before++) {
      const total = pairs[before].reduce((sum, share) => sum + share);
      let sum = 0;
      for (let base = 0; base < 3; base++) {
        sum += pairs[before][base] / total;
        thresholds[before * 3 + base] = Math.round(sum * 65536);
      }
    }
    chains.set(key, thresholds);
  }
  return thresholds;
}

/** Frequencies with the odds of G and C raised by e^(2 tilt). */
function tilted(frequencies: BaseFrequencies, tilt: number): number[] {
  const raised = frequencies.map((share, base) => share * Math.exp(base === C || base === G ? tilt : -tilt));
  const total = raised.reduce((sum, share) => sum + share);
  return raised.map((share) => share / total);
}

/** Joint frequencies of neighbouring bases, [before][after], with both marginals as given: iterative proportional fitting. */
export function pairFrequencies(
  marginal: readonly number[],
  odds: readonly (readonly number[])[],
): number[][] {
  const pairs = marginal.map((before, i) => marginal.map((after, j) => before * after * odds[i][j]));
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 4; i++) {
      const row = pairs[i].reduce((sum, share) => sum + share);
      for (let j = 0; j < 4; j++) pairs[i][j] *= marginal[i] / row;
    }
    for (let j = 0; j < 4; j++) {
      const column = pairs.reduce((sum, row) => sum + row[j], 0);
      for (let i = 0; i < 4; i++) pairs[i][j] *= marginal[j] / column;
    }
  }
  return pairs;
}
