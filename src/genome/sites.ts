/**
 * The peaks of a simulated base model: every true site, with a score that follows its motif's strength only in part, and
 * decoys elsewhere, as many and as high as measured, whose motifs look like those of true sites of the same score.
 */
import type { Stream } from "../numerics/random.ts";
import { motifSpan, plantMotif } from "./motifs.ts";
import { interpolate, logistic, logit, normalScoreOf, type QuantileTable, valueAt } from "./quantiles.ts";
import { DECOY_SHARE, SCORE_AT_ACCEPTORS, SCORE_AT_DONORS } from "./statistics.ts";
import type { SiteType, Span, SpliceSite } from "./structure.ts";

/** Correlation of a true site's score (as a normal score) with its motif's strength. */
const SCORE_WITH_STRENGTH = 0.62;
/** Correlation of the scores of one gene's sites: the base model is good at some genes and poor at others. */
const SCORE_WITH_GENE = 0.33;
/**
 * How the normal scores of true sites differ from the measured ones. Those are over all genes, the ones the base model was trained on
 * among them; on unseen genes it scores true sites lower and less evenly.
 */
const UNSEEN_SHIFT = -0.27;
const UNSEEN_SPREAD = { below: 1.23, above: 1.05 } as const;
/** Share of the true sites that it does not see at all. */
const BLIND_SHARE = 0.01;
/** Share of the decoys that are donors. */
const DONOR_DECOYS = 0.45;

/** No motif is longer than this, nucleotides. */
const WIDEST_MOTIF = 64;

/** A position where the base model sees a site, rightly or not. */
export interface Peak {
  readonly position: number;
  readonly type: SiteType;
  /** The model's score of that type. */
  readonly score: number;
}

const SCORES: Readonly<Record<SiteType, QuantileTable>> = {
  donor: SCORE_AT_DONORS,
  acceptor: SCORE_AT_ACCEPTORS,
};

/** Decoy scores on the logit axis, descending, and ln(share at or above); the highest was met once in 63 million positions. */
const TAIL_LOGITS = [logit(0.999), ...DECOY_SHARE.map(({ score }) => logit(score)).reverse()];
const TAIL_LOG_SHARES = [Math.log(1.6e-8), ...DECOY_SHARE.map(({ share }) => Math.log(share)).reverse()];
/** Decoys per position. */
const DECOY_RATE = DECOY_SHARE[0].share;

/** Plants the motifs of the gene's true sites and draws their scores. */
export function plantSites(codes: Uint8Array, sites: readonly SpliceSite[], stream: Stream): Peak[] {
  const gene = SCORE_WITH_GENE * stream.nextNormal();
  const rest = Math.sqrt(1 - SCORE_WITH_STRENGTH ** 2 - SCORE_WITH_GENE ** 2);
  return sites.map(({ position, type }) => {
    const strength = plantMotif(codes, type, position, 0, stream);
    const z = SCORE_WITH_STRENGTH * strength + gene + rest * stream.nextNormal();
    const unseen = UNSEEN_SHIFT + z * (z < 0 ? UNSEEN_SPREAD.below : UNSEEN_SPREAD.above);
    const blind = stream.nextFloat() < BLIND_SHARE;
    return { position, type, score: blind ? 0 : valueAt(SCORES[type], unseen) };
  });
}

/** Decoys at exponential gaps along the gene; one whose motif would touch a true site's or another decoy's is left out. */
export function plantDecoys(codes: Uint8Array, sites: readonly Peak[], stream: Stream): Peak[] {
  const taken = sites.map(({ type, position }) => motifSpan(type, position));
  const peaks: Peak[] = [];
  let next = 0;
  let free = 0;
  let at = 0;
  for (;;) {
    at += 1 - Math.log(1 - stream.nextFloat()) / DECOY_RATE;
    const position = Math.floor(at);
    if (position >= codes.length) return peaks;
    const type: SiteType = stream.nextFloat() < DONOR_DECOYS ? "donor" : "acceptor";
    const score = decoyScore(stream.nextFloat());
    const span = motifSpan(type, position);
    while (next < taken.length && taken[next].end <= position - WIDEST_MOTIF) next++;
    if (span.start < free || span.end > codes.length || touches(taken, next, span)) continue;
    const shift = SCORE_WITH_STRENGTH * normalScoreOf(SCORES[type], score);
    plantMotif(codes, type, position, shift, stream);
    free = span.end;
    peaks.push({ position, type, score });
  }
}

/** The score that a share u of all decoys reach or exceed. */
function decoyScore(u: number): number {
  return logistic(interpolate(TAIL_LOG_SHARES, TAIL_LOGITS, Math.log((1 - u) * DECOY_RATE)));
}

/** Whether span meets one of the spans (ascending) from `first` on. */
function touches(spans: readonly Span[], first: number, span: Span): boolean {
  for (let i = first; i < spans.length && spans[i].start < span.end + WIDEST_MOTIF; i++) {
    if (spans[i].start < span.end && span.start < spans[i].end) return true;
  }
  return false;
}
