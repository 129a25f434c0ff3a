/** Rows of a data set in the guide's layout: which columns, of which type, and their values for a gene. */
import type { ParquetColumn } from "../data/parquet-write.ts";
import { composition } from "./composition.ts";
import { SCORE_FEATURES, scoreFeatures } from "./features.ts";
import { absolutePosition, type SimulatedGene } from "./gene.ts";
import { countKmers, kmerNames, WINDOW_HALF } from "./kmers.ts";
import { CALL_THRESHOLD } from "./selection.ts";

type Values = Float32Array | Float64Array | string[];

const GENE_TYPE = "protein_coding";

/** Columns in file order. */
export function tableColumns(kmerSizes: readonly number[]): ParquetColumn[] {
  const columns = (names: readonly string[], type: ParquetColumn["type"]) =>
    names.map((name): ParquetColumn => ({ name, type }));
  return [
    ...columns(["gene_id", "gene_name", "transcript_id"], "string"),
    ...columns(["position"], "int64"),
    ...columns(["chrom", "strand"], "string"),
    ...columns(["absolute_position"], "int64"),
    ...columns(["splice_type", "pred_type"], "string"),
    ...columns(["donor_score", "acceptor_score", "neither_score", ...SCORE_FEATURES], "float32"),
    ...columns(kmerSizes.flatMap(kmerNames), "float64"),
    ...columns(["gc_content"], "float32"),
    ...columns(["sequence_length"], "int64"),
    ...columns(["sequence_complexity"], "float32"),
    ...columns(["gene_start", "gene_end", "gene_length"], "int64"),
    ...columns(["gene_type"], "string"),
  ];
}

/** A gene's rows, one array a column in the order of `tableColumns`. */
export function geneRows(gene: SimulatedGene, kmerSizes: readonly number[]): Values[] {
  const { rows, sites } = gene;
  const text = (value: (position: number) => string): string[] => Array.from(rows, value);
  const number = (value: (position: number) => number): Float64Array => Float64Array.from(rows, value);
  const windows = windowColumns(gene, kmerSizes);
  return [
    text(() => gene.id),
    text(() => gene.name),
    text((position) => (sites.has(position) ? "t1" : "")),
    number((position) => position),
    text(() => gene.chromosome),
    text(() => gene.strand),
    number((position) => absolutePosition(gene, position)),
    text((position) => sites.get(position) ?? "neither"),
    text((position) => callOutcome(gene, position)),
    ...scoreColumns(gene),
    ...windows.kmers,
    ...windows.composition,
    number(() => gene.start),
    number(() => gene.end),
    number(() => gene.length),
    text(() => GENE_TYPE),
  ];
}

/** What the base model's call at the threshold amounts to: TP, FP, FN or TN. */
function callOutcome({ sites, track }: SimulatedGene, position: number): string {
  const type = sites.get(position);
  if (type) return track[type][position] >= CALL_THRESHOLD ? "TP" : "FN";
  return Math.max(track.donor[position], track.acceptor[position]) >= CALL_THRESHOLD ? "FP" : "TN";
}

/** The three scores, then SCORE_FEATURES. */
function scoreColumns({ rows, track }: SimulatedGene): Float32Array[] {
  const columns = Array.from({ length: 3 + SCORE_FEATURES.length }, () => new Float32Array(rows.length));
  const { donor, acceptor } = track;
  const context = (position: number) =>
    position < 0 || position >= donor.length ? 0 : Math.max(donor[position], acceptor[position]);
  rows.forEach((position, row) => {
    const scores = {
      donor: donor[position],
      acceptor: acceptor[position],
      neither: 1 - donor[position] - acceptor[position],
      m2: context(position - 2),
      m1: context(position - 1),
      p1: context(position + 1),
      p2: context(position + 2),
    };
    columns[0][row] = scores.donor;
    columns[1][row] = scores.acceptor;
    columns[2][row] = scores.neither;
    const features = scoreFeatures(scores);
    for (let i = 0; i < features.length; i++) columns[3 + i][row] = features[i];
  });
  return columns;
}

/** k-mer counts and composition of each row's window. */
function windowColumns(
  { rows, sequence }: SimulatedGene,
  kmerSizes: readonly number[],
): { kmers: Float64Array[]; composition: Values[] } {
  const total = kmerSizes.reduce((sum, k) => sum + 4 ** k, 0);
  const kmers = Array.from({ length: total }, () => new Float64Array(rows.length));
  const gc = new Float32Array(rows.length);
  const lengths = new Float64Array(rows.length);
  const complexity = new Float32Array(rows.length);
  const counts = new Float64Array(total);
  rows.forEach((position, row) => {
    const start = Math.max(0, position - WINDOW_HALF);
    const end = Math.min(sequence.length, position + WINDOW_HALF);
    counts.fill(0);
    let at = 0;
    for (const k of kmerSizes) {
      countKmers(sequence, start, end, k, counts, at);
      at += 4 ** k;
    }
    for (let i = 0; i < total; i++) kmers[i][row] = counts[i];
    const window = composition(sequence, start, end);
    gc[row] = window.gcContent;
    lengths[row] = window.sequenceLength;
    complexity[row] = window.sequenceComplexity;
  });
  return { kmers, composition: [gc, lengths, complexity] };
}
