/** A small labelled data set in memory, for tests of everything above the learner. */
import type { Dataset } from "../../src/data/dataset.ts";
import { Stream } from "../../src/numerics/random.ts";

export interface TinyOptions {
  readonly genes?: number;
  readonly seed?: number;
  readonly baseScores?: boolean;
  readonly positions?: boolean;
  /** Columns besides the informative "donor_signal", "acceptor_signal" and "noise". */
  readonly extra?: Readonly<Record<string, (row: number) => number>>;
  /** Classes that gene g lacks: their rows become neither. */
  readonly without?: (gene: number) => readonly number[];
}

/** Genes of 20 to 39 rows, 2 donors and 2 acceptors each; features that give the class away with some noise. */
export function tinyDataset(options: TinyOptions = {}): Dataset {
  const genes = options.genes ?? 12;
  const stream = new Stream(options.seed ?? 7, 99);
  const ids = Array.from({ length: genes }, (_, g) => `gene${String(g).padStart(3, "0")}`);
  const labelList: number[] = [];
  const geneStart = new Uint32Array(genes + 1);
  for (let g = 0; g < genes; g++) {
    const rows = 20 + stream.nextInt(20);
    const without = options.without?.(g) ?? [];
    const labels = stream.shuffle(Array.from({ length: rows }, (_, i) => (i < 2 ? 1 : i < 4 ? 2 : 0)));
    labelList.push(...labels.map((label) => (without.includes(label) ? 0 : label)));
    geneStart[g + 1] = labelList.length;
  }
  const labels = Uint8Array.from(labelList);
  const signal = (c: number) =>
    Float32Array.from(labels, (l) => (l === c ? 1 : 0) + stream.nextNormal() * 0.3);
  const columns: Record<string, Float32Array> = {
    donor_signal: signal(1),
    acceptor_signal: signal(2),
    noise: Float32Array.from(labels, () => Math.fround(stream.nextFloat())),
  };
  for (const [name, value] of Object.entries(options.extra ?? {})) {
    columns[name] = Float32Array.from(labels, (_, row) => value(row));
  }
  const clip = (x: number) => Math.min(1, Math.max(0, x)) / 2;
  return {
    rows: labels.length,
    genes: ids,
    geneStart,
    labels,
    labelSpellings: [],
    positions: options.positions === false ? null : Float64Array.from(labels, (_, row) => row * 3),
    genomicPositions: false,
    chromosomes: ids.map(() => ""),
    strands: ids.map(() => ""),
    baseScores: options.baseScores === false
      ? null
      : { donor: columns.donor_signal.map(clip), acceptor: columns.acceptor_signal.map(clip) },
    features: Object.keys(columns),
    excluded: [{ name: "position", reason: "a position, not a feature" }],
    notes: ["a note of the data set"],
    inputs: [{ name: "tiny.parquet", bytes: 1234, sha256: "0".repeat(64) }],
    async *columns(names) {
      for (const name of names) yield { name, values: columns[name] };
    },
    canonical: () => Promise.resolve(null),
  };
}
