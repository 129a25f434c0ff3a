/**
 * The screen for leaks: features that give the label away by how the table was made. A leak is a pattern of values (held by one side only, in
 * gene after gene, and by no degrees); a feature that is merely good is "strong". docs/leakage.md has the rule and its reasons.
 */
import { usageError } from "../../numerics/errors.ts";
import { entropyBits } from "../../statistics/information.ts";
import type { FeatureSample } from "../analysis.ts";
import { associate, type Association, valueCounts } from "./association.ts";
import { checkedGenes } from "./gene-labels.ts";
import { type Judgement, LeakageJudge } from "./judge.ts";
import { equalOnHolders, holdersOf, rowsName } from "./partners.ts";
import { LEAST_GENES, LEAST_ROWS } from "./patterns.ts";
import { strongReason } from "./reasons.ts";
import type {
  FeatureScreen,
  FoldScreen,
  FoldScreens,
  LeakageOptions,
  LeakageScreen,
  LeakageVerdict,
  LeftOutFeature,
} from "./types.ts";

/** A feature names its gene where so many genes, as a share, have values of their own. */
const NAMING = 0.9;

/**
 * Screens every feature on the rows of some genes.
 * @param genes indices into the sample's genes: those that models train on
 * @throws SpliceboostError (usage) at a threshold outside (0.5, 1], genes that are not of the sample, or columns of other lengths; (data) at a
 * label that is no class code
 */
export function screenLeakage(
  sample: FeatureSample,
  genes: ArrayLike<number>,
  options: LeakageOptions,
): LeakageScreen {
  checkOptions(options);
  const used = checkedGenes(genes, sample.geneStart.length - 1);
  const { judge, associations } = prepare(sample, used, options);
  return screenOf(judge, associations, used, options);
}

/**
 * Screens all genes, for the final model, and the training genes of each fold, for the models of that fold: what is left out of a fold's models
 * was found without the genes that they are judged by. A fold without genes of the sample is left out of the result.
 * @throws as `screenLeakage`
 */
export function screenFolds(sample: FeatureSample, nFolds: number, options: LeakageOptions): FoldScreens {
  checkOptions(options);
  const count = sample.geneStart.length - 1;
  const every = Uint32Array.from({ length: count }, (_, gene) => gene);
  const { judge, associations } = prepare(sample, every, options);
  const all = screenOf(judge, associations, every, options);
  const folds: FoldScreen[] = [];
  const notes: string[] = [];
  for (let fold = 0; fold < nFolds; fold++) {
    const training = every.filter((gene) => sample.foldOfGene[gene] !== fold);
    const judgements = judge.judge(training);
    folds.push({ fold, genes: training.length, leftOut: leaksOf(judgements, sample.names) });
    notes.push(...fewNotes(judge, training, `fold ${fold + 1}: `));
  }
  const finalLeftOut = all.features.filter(({ verdict }) => verdict === "leak")
    .map(({ feature, reason }) => ({ feature, reason }));
  return { all, folds, finalLeftOut, notes };
}

/**
 * Makes a sample ready once, to ask of many sets of genes what models that train on them must leave out: for repeated holdouts. Genes as in
 * `screenLeakage`.
 * @throws as `screenLeakage`, the function it returns at genes that are not of the sample
 */
export function leakFinder(
  sample: FeatureSample,
  options: LeakageOptions,
): (genes: ArrayLike<number>) => LeftOutFeature[] {
  checkOptions(options);
  const judge = new LeakageJudge(sample, options);
  return (genes) => leaksOf(judge.judge(checkedGenes(genes, judge.labels.genes)), sample.names);
}

function prepare(
  sample: FeatureSample,
  genes: Uint32Array,
  options: LeakageOptions,
): { judge: LeakageJudge; associations: Association[] } {
  const associations: Association[] = [];
  const judge = new LeakageJudge(sample, options, (_, column, __, labels) => {
    associations.push(associate(column, valueCounts(column, labels, genes)));
  });
  return { judge, associations };
}

function screenOf(
  judge: LeakageJudge,
  associations: readonly Association[],
  genes: Uint32Array,
  { threshold, seed }: LeakageOptions,
): LeakageScreen {
  const { names } = judge.sample;
  const judgements = judge.judge(genes);
  const partners = partnersOf(judge, judgements, genes);
  const features = names.map((feature, i): FeatureScreen => {
    const { leaks, reason, pattern } = judgements[i];
    const { auc, pearson, spearman } = associations[i];
    const strong = [reason, strongReason(threshold, auc, pearson, spearman)].filter((text) => text !== "");
    const verdict: LeakageVerdict = leaks ? "leak" : strong.length > 0 ? "strong" : "ok";
    return {
      feature,
      verdict,
      reason: leaks ? reason + partnerText(partners[i]) : strong.join(" "),
      remark: remarkOf(judge, i, genes),
      ...associations[i],
      pattern,
      partners: [...partners[i].same, ...partners[i].equal],
    };
  });
  const classes = classCounts(judge, genes);
  const entropy = entropyBits(classes);
  return {
    threshold,
    seed,
    genes: genes.length,
    rows: classes[0] + classes[1] + classes[2],
    labelEntropy: Number.isNaN(entropy) ? null : entropy,
    features,
    notes: fewNotes(judge, genes, ""),
  };
}

interface Partners {
  /** Features whose values are held by the same rows, or that a relation or a call is with. */
  readonly same: readonly string[];
  /** Features that equal this one on the rows that hold its value. */
  readonly equal: readonly string[];
}

/** Features that share the leaks of others. */
function partnersOf(judge: LeakageJudge, judgements: readonly Judgement[], genes: Uint32Array): Partners[] {
  const { names, columns } = judge.sample;
  const groups = new Map<string, number[]>();
  const nameOf: (string | null)[] = [];
  const equal = judgements.map(({ leaks, pattern, side }, i): string[] => {
    nameOf.push(null);
    if (!leaks || pattern?.kind !== "value") return [];
    const rows = holdersOf(judge.column(i), judge.profiles[i], judge.labels, genes, side);
    const name = rowsName(rows.holding);
    nameOf[i] = name;
    groups.set(name, [...groups.get(name) ?? [], i]);
    if (pattern.value !== null) return [];
    return names.filter((_, other) =>
      other !== i && !judgements[other].leaks && equalOnHolders(columns[i], columns[other], rows)
    );
  });
  return judgements.map(({ partner }, i) => {
    const name = nameOf[i];
    const group = name === null ? [] : groups.get(name) ?? [];
    const same = group.filter((other) => other !== i).map((other) => names[other]);
    return { same: partner === null ? same : [...same, partner], equal: equal[i] };
  });
}

function partnerText({ equal }: Partners): string {
  return equal.length === 0 ? "" : ` On the rows that hold it, it equals ${equal.join(", ")}.`;
}

/** What a gene's own value can do, and cannot. */
function remarkOf(judge: LeakageJudge, feature: number, genes: Uint32Array): string | null {
  const { constant, only } = judge.profiles[feature];
  if (genes.length < 2 || genes.some((gene) => constant[gene] === 0)) return null;
  const distinct = new Set(Array.from(genes, (gene) => only[gene])).size;
  if (distinct === 1) return "The same on all rows: it tells nothing.";
  return distinct >= NAMING * genes.length
    ? "One value a gene, and nearly every gene its own: it names the gene, which helps on no other gene."
    : "One value a gene: it can tell genes apart, not positions within one.";
}

function classCounts({ labels: { counts } }: LeakageJudge, genes: Uint32Array): number[] {
  const sum = [0, 0, 0];
  for (const gene of genes) for (let c = 0; c < 3; c++) sum[c] += counts[3 * gene + c];
  return sum;
}

/** What could not be judged. */
function fewNotes(judge: LeakageJudge, genes: Uint32Array, where: string): string[] {
  const [neither, donor, acceptor] = classCounts(judge, genes);
  const enough = genes.length >= LEAST_GENES && Math.min(neither, donor + acceptor) >= LEAST_ROWS;
  return enough ? [] : [
    `${where}${genes.length} genes with ${neither} rows of class neither and ${
      donor + acceptor
    } sites are too few to find leaks: ` +
    `at least ${LEAST_GENES} genes and ${LEAST_ROWS} rows a side are needed.`,
  ];
}

function leaksOf(judgements: readonly Judgement[], names: readonly string[]): LeftOutFeature[] {
  return judgements.flatMap(({ leaks, reason }, i) => leaks ? [{ feature: names[i], reason }] : []);
}

function checkOptions({ threshold }: LeakageOptions): void {
  if (threshold > 0.5 && threshold <= 1) return;
  throw usageError(`leakage_threshold: expected a number above 0.5 and up to 1, found ${threshold}.`);
}
