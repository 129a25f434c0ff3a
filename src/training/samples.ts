/** What the analyses of features read: whole genes, gathered while the columns stream by into the matrix. */
import type { Dataset } from "../data/dataset.ts";
import type { FeatureSample } from "../evaluation/analysis.ts";

/** Takes the rows of some genes out of every column that it is shown. */
export class SampleGatherer {
  readonly #labels: Uint8Array;
  readonly #genes: Uint32Array;
  readonly #geneStart: Uint32Array;
  readonly #rows: Uint32Array;
  readonly #names: string[] = [];
  readonly #columns: Float32Array[] = [];

  /**
   * @param labels class code per row of the data
   * @param genes indices of the genes to take, ascending
   */
  constructor(data: Dataset, labels: Uint8Array, genes: Uint32Array) {
    this.#genes = genes;
    this.#geneStart = new Uint32Array(genes.length + 1);
    genes.forEach((gene, g) => {
      this.#geneStart[g + 1] = this.#geneStart[g] + data.geneStart[gene + 1] - data.geneStart[gene];
    });
    this.#rows = new Uint32Array(this.#geneStart[genes.length]);
    genes.forEach((gene, g) => {
      const [to, from] = [this.#geneStart[g], data.geneStart[gene]];
      for (let i = 0; i < this.#geneStart[g + 1] - to; i++) this.#rows[to + i] = from + i;
    });
    this.#labels = Uint8Array.from(this.#rows, (row) => labels[row]);
  }

  /** @param values one a row of the data */
  take(name: string, values: Float32Array): void {
    this.#names.push(name);
    this.#columns.push(Float32Array.from(this.#rows, (row) => values[row]));
  }

  /** @param foldOfGene fold of every gene of the data; null without cross-validation */
  sample(foldOfGene: Uint8Array | null): FeatureSample {
    return {
      names: this.#names,
      columns: this.#columns,
      labels: this.#labels,
      geneStart: this.#geneStart,
      genes: this.#genes,
      rows: this.#rows,
      foldOfGene: Uint8Array.from(this.#genes, (gene) => foldOfGene?.[gene] ?? 0),
    };
  }
}
