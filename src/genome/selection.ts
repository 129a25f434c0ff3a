/**
 * Which positions of a gene become rows: every site, every false positive, every other position that the base model gives
 * 0.15 or more, a few neighbours of sites and false positives, and random negatives, so that about 91 % of the rows are neither.
 */
import type { Stream } from "../numerics/random.ts";
import type { ScoreTrack } from "./scores.ts";

/** A base model calls a site at this score. */
export const CALL_THRESHOLD = 0.5;
/** Negatives at or above this score are all kept. */
const HARD_SCORE = 0.15;
/** Neighbours lie within this many nucleotides. */
const NEIGHBOUR_REACH = 75;
/** Negatives below HARD_SCORE, for each site or false positive. */
const NEIGHBOURS = 1.5;
const EASY_NEGATIVES = 9;

/**
 * Selects the rows of a gene. A gene with fewer negatives than wanted gives all it has.
 * @param sites Gene-relative positions of the true sites.
 * @returns Distinct positions, ascending.
 */
export function selectPositions(sites: Iterable<number>, track: ScoreTrack, stream: Stream): Int32Array {
  const { donor, acceptor } = track;
  const length = donor.length;
  const selected = new Set(sites);
  const anchors = new Set(selected);
  for (let position = 0; position < length; position++) {
    const best = Math.max(donor[position], acceptor[position]);
    if (best < HARD_SCORE) continue;
    selected.add(position);
    if (best >= CALL_THRESHOLD) anchors.add(position);
  }
  const around = [...anchors].sort((a, b) => a - b);
  let neighbours = Math.round(NEIGHBOURS * around.length);
  // Each anchor has more room than is asked for, so few draws miss; those that do are made up by random ones.
  for (let tries = 4 * neighbours; neighbours > 0 && tries > 0; tries--) {
    const distance = 1 + stream.nextInt(NEIGHBOUR_REACH);
    const anchor = around[stream.nextInt(around.length)];
    const position = stream.nextInt(2) === 0 ? anchor - distance : anchor + distance;
    if (position < 0 || position >= length || selected.has(position)) continue;
    selected.add(position);
    neighbours--;
  }
  const random = neighbours + EASY_NEGATIVES * around.length - Math.round(NEIGHBOURS * around.length);
  const wanted = Math.min(length, selected.size + random);
  while (selected.size < wanted) selected.add(stream.nextInt(length));
  return Int32Array.from(selected).sort();
}
