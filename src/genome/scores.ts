/**
 * A simulated base model's scores at every position of a gene: peaks with their shoulders, and the low murmur of everything
 * else. All scores are multiples of 2^-24, so that donor + acceptor + neither = 1 exactly, in f32 too.
 */
import { rowDraw, type Stream } from "../numerics/random.ts";
import { A, G, T } from "./nucleotides.ts";
import type { Peak } from "./sites.ts";

/** Scores by gene-relative position; neither = 1 - donor - acceptor. */
export interface ScoreTrack {
  readonly donor: Float32Array;
  readonly acceptor: Float32Array;
}

/** One step of the score grid. */
const GRID = 2 ** 24;

/** Shoulders of a peak of even odds at -2, -1, +1, +2: median and spread in decades. They grow as odds^0.6. */
const SHOULDERS = {
  donor: [
    { offset: -2, median: 8e-7, spread: 0.6 },
    { offset: -1, median: 3.5e-6, spread: 0.5 },
    { offset: 1, median: 2.6e-6, spread: 1.1 },
    { offset: 2, median: 1.8e-7, spread: 0.65 },
  ],
  acceptor: [
    { offset: -2, median: 2.2e-6, spread: 0.65 },
    { offset: -1, median: 3.5e-6, spread: 0.9 },
    { offset: 1, median: 5e-6, spread: 0.5 },
    { offset: 2, median: 1.1e-6, spread: 0.6 },
  ],
} as const;
const SHOULDER_GROWTH = 0.6;

/** The other type's score at a peak of score s is about this times sqrt(s (1 - s)). */
const RIVAL_MEDIAN = 2.6e-4;
const RIVAL_SPREAD = 0.45;

/** Murmur: a share u of the positions scores at least 2^-24 (u / MURMUR_SHARE)^MURMUR_EXPONENT. */
const MURMUR_SHARE = 0.14;
const MURMUR_EXPONENT = -1 / 0.42;
/** Where the sequence has the type's dinucleotide the murmur is among the highest of this share. */
const DINUCLEOTIDE_SHARE = 0.05;
/** The share that the decoys of one type make up. */
const MURMUR_LIMIT = 0.0009;
const MURMUR_LEVELS = 4096;

const MURMUR_CANDIDATE = murmurLevels(MURMUR_LIMIT, DINUCLEOTIDE_SHARE);
const MURMUR_OTHER = murmurLevels(DINUCLEOTIDE_SHARE, 1);

/** Murmur from here on has a rival and shoulders like any peak; below, theirs would be lost in the murmur. */
const QUIET_PEAK = 3e-4;

/** Scores of a gene whose peaks are given. */
export function drawTrack(codes: Uint8Array, peaks: readonly Peak[], stream: Stream): ScoreTrack {
  const track = murmur(codes, stream);
  for (const peak of [...peaks, ...quietPeaks(track)]) {
    const own = track[peak.type];
    const other = track[peak.type === "donor" ? "acceptor" : "donor"];
    const { position, score } = peak;
    const rival = RIVAL_MEDIAN * Math.sqrt(score * (1 - score)) * decades(RIVAL_SPREAD, stream);
    place(own, other, position, score);
    place(other, own, position, Math.min(rival, 1 - own[position]));
    const growth = (score / (1 - score)) ** SHOULDER_GROWTH;
    for (const { offset, median, spread } of SHOULDERS[peak.type]) {
      const shoulder = median * growth * decades(spread, stream);
      // A shoulder never outgrows its peak.
      place(own, other, position + offset, Math.min(shoulder, score / 2));
    }
  }
  return track;
}

/** Scores of positions that are no peak: nearly always below 1e-6, higher at GT and AG. */
function murmur(codes: Uint8Array, stream: Stream): ScoreTrack {
  const length = codes.length;
  const donor = new Float32Array(length);
  const acceptor = new Float32Array(length);
  const key0 = stream.nextU32();
  const key1 = stream.nextU32();
  for (let i = 0; i < length; i++) {
    const draw = rowDraw(key0, key1, i);
    const gt = codes[i + 1] === G && codes[i + 2] === T;
    const ag = codes[i - 2] === A && codes[i - 1] === G;
    donor[i] = (gt ? MURMUR_CANDIDATE : MURMUR_OTHER)[draw & (MURMUR_LEVELS - 1)];
    acceptor[i] = (ag ? MURMUR_CANDIDATE : MURMUR_OTHER)[draw >>> 20];
  }
  return { donor, acceptor };
}

/** Where the murmur is loud enough to look like a weak site. */
function quietPeaks({ donor, acceptor }: ScoreTrack): Peak[] {
  const peaks: Peak[] = [];
  for (let position = 0; position < donor.length; position++) {
    if (donor[position] >= QUIET_PEAK) peaks.push({ position, type: "donor", score: donor[position] });
    if (acceptor[position] >= QUIET_PEAK) {
      peaks.push({ position, type: "acceptor", score: acceptor[position] });
    }
  }
  return peaks;
}

/** Murmur scores at evenly spread shares between two bounds. */
function murmurLevels(from: number, to: number): Float32Array {
  return Float32Array.from({ length: MURMUR_LEVELS }, (_, i) => {
    const share = from + (to - from) * ((i + 0.5) / MURMUR_LEVELS);
    return share > MURMUR_SHARE ? 0 : onGrid((share / MURMUR_SHARE) ** MURMUR_EXPONENT / GRID);
  });
}

/** Raises a score to `value`; the other type gives way where the two would exceed 1. */
function place(own: Float32Array, other: Float32Array, position: number, value: number): void {
  if (position < 0 || position >= own.length) return;
  own[position] = Math.max(own[position], onGrid(value));
  other[position] = Math.min(other[position], 1 - own[position]);
}

function onGrid(value: number): number {
  return Math.round(value * GRID) / GRID;
}

function decades(spread: number, stream: Stream): number {
  return 10 ** (spread * stream.nextNormal());
}
