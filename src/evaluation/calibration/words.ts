/** A finding on confidence in plain sentences. */
import type { Estimate } from "../analysis.ts";
import { MIN_GENES } from "../bootstrap.ts";
import type { FilledBin } from "./gene-sums.ts";
import type { ConfidenceFinding, ConfidenceRange, JudgedModel, Target } from "./types.ts";

export interface FindingFacts extends Omit<ConfidenceFinding, "sentences"> {
  /** The bins of the ranges. */
  readonly bins: readonly FilledBin[];
  readonly slope: Estimate | null;
  readonly isCalibrated: boolean;
}

const NOUNS: Readonly<Record<Target, string>> = {
  neither: "neither",
  donor: "donors",
  acceptor: "acceptors",
  splice: "splice sites",
};

/** The verdict, then each range that stands out, then those that were not judged, then the slope. */
export function sentencesOf(facts: FindingFacts): string[] {
  const { ranges, target, bins } = facts;
  const outstanding = ranges.filter(({ verdict }) =>
    verdict === "over-confident" || verdict === "under-confident"
  );
  return [
    verdictSentence(facts),
    ...outstanding.map((range) => rangeSentence(range, target)),
    ...ranges.flatMap((range, k) =>
      range.verdict === "cannot be judged" ? [unjudgedSentence(range, bins[k], target)] : []
    ),
    ...slopeSentence(facts.slope),
  ];
}

function verdictSentence({ model, target, verdict, ranges, isCalibrated }: FindingFacts): string {
  const subject = `The ${target} probabilities of ${modelName(model, isCalibrated)}`;
  const judged = ranges.filter((range) => range.verdict !== "cannot be judged").length;
  switch (verdict) {
    case "mixed":
      return `${subject} are over-confident in some ranges and under-confident in others.`;
    case "cannot be judged":
      return `Whether the ${target} probabilities of ${
        modelName(model, isCalibrated)
      } are over-confident cannot be judged.`;
    case "not distinguishable from calibrated":
      return `${subject} are not distinguishable from calibrated in the ${judged} of ${ranges.length} ranges ` +
        "that can be judged.";
    default:
      return `${subject} are ${verdict}.`;
  }
}

function modelName(model: JudgedModel, isCalibrated: boolean): string {
  if (model === "base") return "the base model";
  if (model === "calibrated") return "the calibrated meta-model";
  return isCalibrated ? "the meta-model before calibration" : "the meta-model";
}

function rangeSentence(
  { from, to, rows, genes, predicted, observed, excess }: ConfidenceRange,
  target: Target,
): string {
  const { value, low, high } = excess;
  if (value === null || low === null || high === null || predicted === null || observed === null) return "";
  const sign = value > 0 ? 1 : -1;
  const ends = [sign * low, sign * high].sort((a, b) => a - b);
  return `From ${percent(from)} to ${percent(to)} (${counted(rows, "row")} of ${
    counted(genes, "gene")
  }) the mean is ` +
    `${percent(predicted)} where ${percent(observed)} are ${NOUNS[target]}: ${points(Math.abs(value))} too ` +
    `${value > 0 ? "sure" : "unsure"} (95 % interval over genes, all ranges together: ` +
    `${points(ends[0])} to ${points(ends[1])}).`;
}

function unjudgedSentence({ from, to, rows }: ConfidenceRange, bin: FilledBin, target: Target): string {
  const range = `From ${percent(from)} to ${percent(to)}`;
  if (rows === 0) return `${range} there are no rows.`;
  const [fewest, noun] = bin.positiveGenes <= bin.negativeGenes
    ? [bin.positiveGenes, NOUNS[target]]
    : [bin.negativeGenes, target === "neither" ? "sites" : `rows that are no ${NOUNS[target]}`];
  return fewest >= MIN_GENES
    ? `${range} cannot be judged: the resamples of genes give no interval.`
    : `${range} cannot be judged: only ${counted(fewest, "gene")} of ${counted(rows, "row")} ` +
      `${fewest === 1 ? "has" : "have"} ${noun} there, at least ${MIN_GENES} are needed.`;
}

function slopeSentence(slope: Estimate | null): string[] {
  if (slope === null || slope.value === null || slope.low === null || slope.high === null) return [];
  const extent = `calibration slope ${slope.value.toFixed(2)}, ${slope.low.toFixed(2)} to ${
    slope.high.toFixed(2)
  }`;
  if (slope.high < 1) return [`Over all rows the probabilities are too extreme (${extent}).`];
  if (slope.low > 1) return [`Over all rows the probabilities are not extreme enough (${extent}).`];
  return [`Over all rows the probabilities are neither too extreme nor too timid (${extent}).`];
}

/** Two significant digits below 10 %, one decimal above. */
function percent(share: number): string {
  const value = 100 * share;
  const rounded = value < 10 ? Number(value.toPrecision(2)) : Number(value.toFixed(1));
  return `${rounded} %`;
}

function points(difference: number): string {
  return `${Number((100 * difference).toPrecision(2))} points`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
