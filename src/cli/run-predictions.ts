/** The out-of-fold predictions of finished runs, and the rows that several runs have in common. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { openDataset } from "../data/open.ts";
import type { EvaluatedRows } from "../evaluation/rows.ts";
import { dataError } from "../numerics/errors.ts";
import { FileSource } from "./dataset-path.ts";
import { isDirectory } from "./files.ts";

const PREDICTIONS_FILE = "oof_predictions.parquet";

/** Predictions of a run, by gene. */
export interface RunPredictions {
  /** The directory as it was typed. */
  readonly run: string;
  /** Its last part, for tables. */
  readonly name: string;
  readonly data: Dataset;
  readonly labels: Uint8Array;
  /** neither, donor, acceptor. */
  readonly probabilities: readonly Float32Array[];
  /** Fold (from 1) per row. */
  readonly fold: Float32Array;
}

/** Reads oof_predictions.parquet of a run directory. Errors (data) say what is lacking. */
export async function readPredictions(run: string): Promise<RunPredictions> {
  const path = join(run, PREDICTIONS_FILE);
  if (!await isDirectory(run) || !existsSync(path)) {
    throw dataError(
      `${run}: expected a run directory with ${PREDICTIONS_FILE}, found none. ` +
        "A run has it when its training is finished and was made without --skip-eval.",
    );
  }
  const source = new FileSource(path, path);
  try {
    const names = [...CLASS_NAMES.map((name) => `meta_${name}`), "fold"];
    const data = await openDataset(source, { features: names, labelCol: "label", requireLabels: true });
    const columns: Float32Array[] = [];
    for await (const { values } of data.columns(names)) columns.push(values);
    return {
      run,
      name: basename(run),
      data,
      labels: data.labels!,
      probabilities: columns.slice(0, CLASS_NAMES.length),
      fold: columns[CLASS_NAMES.length],
    };
  } finally {
    source.close();
  }
}

/** The rows of the genes that two runs predicted alike: same positions, same labels. */
export interface CommonRows {
  readonly genes: readonly string[];
  readonly chromosomes: readonly string[];
  readonly positions: Float64Array | null;
  /** Fold (0-based) that held the gene out in both runs, per gene; null where the runs had other folds. */
  readonly foldOfGene: Uint8Array | null;
  readonly first: EvaluatedRows;
  readonly second: EvaluatedRows;
  /** Genes of either run that the other lacks, and genes whose rows differ. */
  readonly onlyOne: number;
  readonly differing: number;
}

/**
 * Joins two runs gene by gene.
 * @throws SpliceboostError (data) where they have no gene in common
 */
export function commonRows(first: RunPredictions, second: RunPredictions): CommonRows {
  const indexInSecond = new Map(second.data.genes.map((gene, g) => [gene, g]));
  const pairs: (readonly [number, number])[] = [];
  let shared = 0;
  first.data.genes.forEach((gene, a) => {
    const b = indexInSecond.get(gene);
    if (b === undefined) return;
    shared++;
    if (sameRows(first, a, second, b)) pairs.push([a, b]);
  });
  const onlyOne = first.data.genes.length + second.data.genes.length - 2 * shared;
  if (pairs.length === 0) {
    throw dataError(
      shared === 0
        ? `${first.run} and ${second.run} have no gene in common (${first.data.genes.length} and ` +
          `${second.data.genes.length} genes, the first ${first.data.genes[0]} and ${
            second.data.genes[0]
          }): ` +
          "compare runs on the same genes."
        : `${first.run} and ${second.run} have ${shared} genes in common, but other rows or labels in each of them: ` +
          "compare runs on the same data.",
    );
  }
  return {
    genes: pairs.map(([a]) => first.data.genes[a]),
    chromosomes: pairs.map(([a]) => first.data.chromosomes[a]),
    positions: first.data.positions &&
      gather(first.data.positions, first.data.geneStart, pairs.map(([a]) => a)),
    foldOfGene: sharedFolds(first, second, pairs),
    first: evaluatedRows(first, pairs.map(([a]) => a)),
    second: evaluatedRows(second, pairs.map(([, b]) => b)),
    onlyOne,
    differing: shared - pairs.length,
  };
}

/** Folds per gene where both runs held out the same genes together; their numbers are the first run's. */
function sharedFolds(
  first: RunPredictions,
  second: RunPredictions,
  pairs: readonly (readonly [number, number])[],
): Uint8Array | null {
  const foldOf = ({ fold, data }: RunPredictions, gene: number): number => fold[data.geneStart[gene]];
  const partner = new Map<number, number>();
  const taken = new Map<number, number>();
  for (const [a, b] of pairs) {
    const [own, other] = [foldOf(first, a), foldOf(second, b)];
    if ((partner.get(own) ?? other) !== other || (taken.get(other) ?? own) !== own) return null;
    partner.set(own, other);
    taken.set(other, own);
  }
  return Uint8Array.from(pairs, ([a]) => foldOf(first, a) - 1);
}

function sameRows(first: RunPredictions, a: number, second: RunPredictions, b: number): boolean {
  const [startA, endA] = [first.data.geneStart[a], first.data.geneStart[a + 1]];
  const startB = second.data.geneStart[b];
  if (second.data.geneStart[b + 1] - startB !== endA - startA) return false;
  for (let i = 0; i < endA - startA; i++) {
    if (first.labels[startA + i] !== second.labels[startB + i]) return false;
    // Missing positions are NaN, which is the same as itself here.
    if (!Object.is(first.data.positions?.[startA + i], second.data.positions?.[startB + i])) return false;
  }
  return true;
}

function evaluatedRows(
  { data, labels, probabilities }: RunPredictions,
  genes: readonly number[],
): EvaluatedRows {
  const geneStart = new Uint32Array(genes.length + 1);
  genes.forEach((gene, g) =>
    geneStart[g + 1] = geneStart[g] + data.geneStart[gene + 1] - data.geneStart[gene]
  );
  const [neither, donor, acceptor] = probabilities.map((values) => gather(values, data.geneStart, genes));
  return { labels: gather(labels, data.geneStart, genes), neither, donor, acceptor, geneStart };
}

/** Values of the rows of some genes, one gene after another. */
function gather<T extends Uint8Array | Float32Array | Float64Array>(
  values: T,
  geneStart: Uint32Array,
  genes: readonly number[],
): T {
  const rows = genes.reduce((sum, gene) => sum + geneStart[gene + 1] - geneStart[gene], 0);
  const out = new (values.constructor as new (length: number) => T)(rows);
  let at = 0;
  for (const gene of genes) {
    const part = values.subarray(geneStart[gene], geneStart[gene + 1]);
    out.set(part as never, at);
    at += part.length;
  }
  return out;
}
