/** Fewer genes of a sample, drawn by the seed. */
import { PURPOSE, Stream } from "../../numerics/random.ts";
import type { FeatureSample } from "../analysis.ts";

/** All genes in the order in which they are drawn. */
export function drawGenes(geneStart: Uint32Array, seed: number): Uint32Array {
  const genes = Uint32Array.from({ length: Math.max(0, geneStart.length - 1) }, (_, g) => g);
  // Counters that no permutation of a fold has.
  return new Stream(seed, PURPOSE.permutation, 0xffffffff, 1).shuffle(genes);
}

/** The first genes drawn that have at most so many rows together, at least one; all of them where they fit. */
export function firstGenes(sample: FeatureSample, drawn: Uint32Array, maxRows: number): FeatureSample {
  const sizeOf = (g: number): number => sample.geneStart[g + 1] - sample.geneStart[g];
  let [count, rows] = [0, 0];
  while (count < drawn.length && (count === 0 || rows + sizeOf(drawn[count]) <= maxRows)) {
    rows += sizeOf(drawn[count++]);
  }
  if (count === drawn.length) return sample;
  const genes = drawn.slice(0, count).sort();
  const geneStart = new Uint32Array(count + 1);
  const places = new Uint32Array(rows);
  genes.forEach((g, i) => {
    geneStart[i + 1] = geneStart[i] + sizeOf(g);
    for (let row = 0; row < sizeOf(g); row++) places[geneStart[i] + row] = sample.geneStart[g] + row;
  });
  return {
    names: sample.names,
    columns: sample.columns.map((column) => Float32Array.from(places, (row) => column[row])),
    labels: Uint8Array.from(places, (row) => sample.labels[row]),
    geneStart,
    genes: genes.map((g) => sample.genes[g]),
    rows: places.map((row) => sample.rows[row]),
    foldOfGene: Uint8Array.from(genes, (g) => sample.foldOfGene[g]),
  };
}
