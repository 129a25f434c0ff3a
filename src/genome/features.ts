/**
 * Features derived from the base model's scores at a position and its four neighbours. The formulas are those of the original
 * builder, with two leaks closed: every score is the value at the row's own position, and the context is
 * max(donor, acceptor) for all rows.
 */

const EPSILON = 1e-10;
/** A local peak must rise above this. */
const PEAK_FLOOR = 1e-3;

const TYPE_FEATURES = [
  "diff_m1",
  "diff_m2",
  "diff_p1",
  "diff_p2",
  "surge_ratio",
  "is_local_peak",
  "weighted_context",
  "peak_height_ratio",
  "second_derivative",
  "signal_strength",
  "context_diff_ratio",
] as const;

/** Names of the 40 derived features, in the order in which `scoreFeatures` writes them. */
export const SCORE_FEATURES: readonly string[] = [
  "relative_donor_probability",
  "splice_probability",
  "donor_acceptor_diff",
  "splice_neither_diff",
  "donor_acceptor_logodds",
  "splice_neither_logodds",
  "probability_entropy",
  "context_score_m2",
  "context_score_m1",
  "context_score_p1",
  "context_score_p2",
  "context_neighbor_mean",
  "context_asymmetry",
  "context_max",
  ...TYPE_FEATURES.map((name) => `donor_${name}`),
  ...TYPE_FEATURES.map((name) => `acceptor_${name}`),
  "donor_acceptor_peak_ratio",
  "type_signal_difference",
  "score_difference_ratio",
  "signal_strength_ratio",
];

/** Scores of one position: probabilities in [0, 1]. */
export interface PositionScores {
  readonly donor: number;
  readonly acceptor: number;
  readonly neither: number;
  /** max(donor, acceptor) at offsets -2, -1, +1, +2 in the gene's direction; 0 beyond its ends. */
  readonly m2: number;
  readonly m1: number;
  readonly p1: number;
  readonly p2: number;
}

/** The features of one position, in the order of SCORE_FEATURES. */
export function scoreFeatures(scores: PositionScores): number[] {
  const { donor: d, acceptor: a, neither: n, m2, m1, p1, p2 } = scores;
  const best = Math.max(d, a);
  const mean = (m2 + m1 + p1 + p2) / 4;
  const max = Math.max(m2, m1, p1, p2);
  const donor = typeFeatures(d, scores, mean, max);
  const acceptor = typeFeatures(a, scores, mean, max);
  const plogp = (p: number) => p * Math.log(p + EPSILON);
  return [
    d / (d + a + EPSILON),
    (d + a) / (d + a + n + EPSILON),
    (d - a) / (best + EPSILON),
    (best - n) / (Math.max(best, n) + EPSILON),
    Math.log(d + EPSILON) - Math.log(a + EPSILON),
    Math.log(d + a + EPSILON) - Math.log(n + EPSILON),
    -(plogp(d) + plogp(a) + plogp(n)),
    m2,
    m1,
    p1,
    p2,
    mean,
    m1 + m2 - (p1 + p2),
    max,
    ...donor,
    ...acceptor,
    (d / (mean + EPSILON)) / (a / (mean + EPSILON) + EPSILON),
    d - a,
    (d - a) / (d + a + EPSILON),
    (d - mean) / (a - mean + EPSILON),
  ];
}

/** The features of one type's score t, in the order of TYPE_FEATURES. */
function typeFeatures(t: number, { m2, m1, p1, p2 }: PositionScores, mean: number, max: number): number[] {
  return [
    t - m1,
    t - m2,
    t - p1,
    t - p2,
    t / (m1 + p1 + EPSILON),
    t > m1 && t > p1 && t > PEAK_FLOOR ? 1 : 0,
    0.1 * m2 + 0.2 * m1 + 0.4 * t + 0.2 * p1 + 0.1 * p2,
    t / (mean + EPSILON),
    2 * t - m1 - p1,
    t - mean,
    t / (max + EPSILON),
  ];
}
