/** Simulated tables of features for the leak screen: labels, honest features, and what columns of a table's making look like. */
import type { FeatureSample } from "../../../src/evaluation/analysis.ts";
import { Stream } from "../../../src/numerics/random.ts";

/** What a column is made from, row by row. */
export interface Row {
  readonly row: number;
  readonly gene: number;
  readonly label: number;
  /** Draws of the row's own, for this column. */
  readonly stream: Stream;
}

/** Labels in genes, and columns made of them. */
export class Table {
  readonly genes: number;
  readonly labels: Uint8Array;
  readonly geneStart: Uint32Array;
  readonly #seed: number;
  readonly #names: string[] = [];
  readonly #columns: Float32Array[] = [];

  /** Genes of 60 to 139 rows; donors and acceptors are the given shares of the rows. */
  constructor(genes: number = 40, seed: number = 1, shares: readonly [number, number] = [0.05, 0.05]) {
    const stream = new Stream(seed, 200);
    this.genes = genes;
    this.#seed = seed;
    this.geneStart = new Uint32Array(genes + 1);
    for (let gene = 0; gene < genes; gene++) {
      this.geneStart[gene + 1] = this.geneStart[gene] + 60 + stream.nextInt(80);
    }
    this.labels = Uint8Array.from({ length: this.geneStart[genes] }, () => {
      const draw = stream.nextFloat();
      return draw < shares[0] ? 1 : draw < shares[0] + shares[1] ? 2 : 0;
    });
  }

  add(name: string, valueOf: (row: Row) => number): this {
    const values = new Float32Array(this.labels.length);
    for (let gene = 0; gene < this.genes; gene++) {
      for (let row = this.geneStart[gene]; row < this.geneStart[gene + 1]; row++) {
        const stream = new Stream(this.#seed, 201, this.#names.length, row);
        values[row] = valueOf({ row, gene, label: this.labels[row], stream });
      }
    }
    this.#names.push(name);
    this.#columns.push(values);
    return this;
  }

  /** A column that was added. */
  column(name: string): Float32Array {
    return this.#columns[this.#names.indexOf(name)];
  }

  /** A number of the gene's own, the same on each call with that tag. */
  ofGene(gene: number, tag: number): number {
    return 100 + new Stream(this.#seed, 202, gene, tag).nextInt(100_000);
  }

  /** Sites of a gene: rows of the classes. */
  count(gene: number, classes: readonly number[]): number {
    let sum = 0;
    for (let row = this.geneStart[gene]; row < this.geneStart[gene + 1]; row++) {
      if (classes.includes(this.labels[row])) sum++;
    }
    return sum;
  }

  /** The features of honest tables: scores of a good base model and what is made of them, sequence, gene properties. */
  addHonest(): this {
    return this
      .add("score", ({ label, stream }) => scoreOf(label === 1, 0.07, 0.03, stream))
      .add("score_2", ({ label, stream }) => scoreOf(label === 2, 0.07, 0.03, stream))
      .add("rounded", ({ row }) => Math.round(100 * this.column("score")[row]) / 100)
      .add("rounded_coarsely", ({ row }) => Math.round(10 * this.column("score")[row]) / 10)
      .add("either", ({ row }) => Math.max(this.column("score")[row], this.column("score_2")[row]))
      .add("difference", ({ row }) => this.column("score")[row] - this.column("score_2")[row])
      .add("called", ({ row }) => this.column("score")[row] >= 0.4 ? 1 : 0)
      .add("starts_gt", ({ label, stream }) => stream.nextFloat() < (label === 1 ? 0.99 : 0.05) ? 1 : 0)
      .add("ends_ag", ({ label, stream }) => stream.nextFloat() < (label === 2 ? 0.995 : 0.07) ? 1 : 0)
      .add("kmer", ({ stream }) => stream.nextInt(3) * stream.nextInt(4))
      .add("rare_kmer", ({ stream }) => stream.nextInt(40) === 0 ? 1 : 0)
      .add("gc", ({ label, stream }) => 0.45 + 0.05 * (label > 0 ? 1 : 0) + 0.06 * stream.nextNormal())
      .add("sometimes", ({ stream }) => stream.nextFloat() < 0.3 ? NaN : stream.nextNormal())
      .add("gene_length", ({ gene }) => this.ofGene(gene, 0))
      .add("gene_start", ({ gene }) => 1000 * this.ofGene(gene, 1))
      .add("window", () => 500)
      .add("nothing", () => NaN);
  }

  sample(): FeatureSample {
    const genes = Uint32Array.from({ length: this.genes }, (_, gene) => gene);
    return {
      names: this.#names,
      columns: this.#columns,
      labels: this.labels,
      geneStart: this.geneStart,
      genes,
      rows: Uint32Array.from(this.labels, (_, row) => row),
      foldOfGene: Uint8Array.from(genes, (gene) => gene % 5),
    };
  }
}

/** A base model's score: it misses a share of the sites, and takes a share of the other rows for sites, by degrees. */
export function scoreOf(site: boolean, missed: number, decoys: number, stream: Stream): number {
  const erring = stream.nextFloat() < (site ? missed : decoys);
  const mean = site ? (erring ? -3 : 4) : erring ? 1.5 : -6;
  return 1 / (1 + Math.exp(-mean - (erring ? 2 : 1.3) * stream.nextNormal()));
}
