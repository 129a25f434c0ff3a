/**
 * Simulated data sets: genes one at a time, or the files of a data set in the guide's layout, each made when it is asked for, so
 * that the memory needed is that of one gene and one shard.
 */
import { memorySink, ParquetShardWriter } from "../data/parquet-write.ts";
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import { type SimulatedGene, simulateGene } from "./gene.ts";
import { checkKmerSize } from "./kmers.ts";
import { geneRows, tableColumns } from "./table.ts";

export interface SimulateGenesSettings {
  /** How many genes, 1 or more. */
  genes: number;
  /** Any non-negative safe integer (default 42). */
  seed?: number;
}

export interface SimulateDatasetSettings extends SimulateGenesSettings {
  /** Genes a shard (default 40). */
  genesPerShard?: number;
  /** Lengths of the k-mers counted, each from 1 to 6 (default [3]). */
  kmerSizes?: readonly number[];
  /** Stops the simulation before the next gene. */
  signal?: AbortSignal;
  /** Called after each gene. */
  onProgress?: (genesDone: number, genes: number) => void;
}

/** One file of a data set. */
export interface SimulatedFile {
  /** Relative, with forward slashes: `master/batch_00001.parquet`, ..., last `master/gene_manifest.csv`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Rows of data in it. */
  readonly rows: number;
}

/**
 * Genes 0 .. genes-1 of the simulation with this seed. A gene depends on (seed, number) alone, not on how many are asked for.
 * @throws SpliceboostError (usage) for a number of genes below 1 or a seed that is no non-negative safe integer.
 */
export function* simulateGenes(settings: SimulateGenesSettings): Generator<SimulatedGene, void, void> {
  const { genes, seed } = checked(settings);
  for (let number = 0; number < genes; number++) yield simulateGene(seed, number);
}

/**
 * The files of a simulated data set, in the order of their names; the same settings give the same bytes.
 *
 *     for await (const { path, bytes } of simulateDataset({ genes: 60, seed: 42 })) await save(path, bytes);
 *
 * @throws SpliceboostError (usage) for settings out of range; (interrupted) once `signal` is aborted.
 */
export async function* simulateDataset(
  settings: SimulateDatasetSettings,
): AsyncGenerator<SimulatedFile, void, void> {
  const { genes, seed, genesPerShard, kmerSizes } = checked(settings);
  const columns = tableColumns(kmerSizes);
  const manifest = [MANIFEST_COLUMNS.join(",")];
  for (let first = 0, shard = 0; first < genes; first += genesPerShard, shard++) {
    const name = `batch_${String(shard + 1).padStart(5, "0")}.parquet`;
    const file = memorySink();
    const writer = new ParquetShardWriter(columns, file.sink);
    for (let number = first; number < Math.min(genes, first + genesPerShard); number++) {
      if (settings.signal?.aborted) {
        throw new SpliceboostError(
          "interrupted",
          `Simulation interrupted after ${number} of ${genes} genes; run it again to make the whole set.`,
        );
      }
      const gene = simulateGene(seed, number);
      await writer.append(geneRows(gene, kmerSizes));
      manifest.push(manifestLine(gene, shard, name));
      settings.onProgress?.(number + 1, genes);
    }
    await writer.finish();
    yield { path: `master/${name}`, bytes: file.bytes(), rows: writer.rows };
  }
  const bytes = new TextEncoder().encode(manifest.join("\n") + "\n");
  yield { path: "master/gene_manifest.csv", bytes, rows: genes };
}

const MANIFEST_COLUMNS = [
  "global_index",
  "gene_id",
  "gene_name",
  "gene_type",
  "chrom",
  "strand",
  "gene_length",
  "start",
  "end",
  "total_splice_sites",
  "donor_sites",
  "acceptor_sites",
  "splice_density_per_kb",
  "file_index",
  "file_name",
];

function manifestLine(gene: SimulatedGene, shard: number, fileName: string): string {
  const donors = [...gene.sites.values()].filter((type) => type === "donor").length;
  const density = (gene.sites.size / gene.length) * 1000;
  return [
    gene.number,
    gene.id,
    gene.name,
    "protein_coding",
    gene.chromosome,
    gene.strand,
    gene.length,
    gene.start,
    gene.end,
    gene.sites.size,
    donors,
    gene.sites.size - donors,
    density.toFixed(3),
    shard,
    fileName,
  ].join(",");
}

function checked(
  settings: SimulateDatasetSettings,
): { genes: number; seed: number; genesPerShard: number; kmerSizes: readonly number[] } {
  const { genes, seed = 42, genesPerShard = 40, kmerSizes = [3] } = settings;
  whole("genes", genes, 1);
  whole("seed", seed, 0);
  whole("genesPerShard", genesPerShard, 1);
  kmerSizes.forEach(checkKmerSize);
  if (new Set(kmerSizes).size < kmerSizes.length) {
    throw usageError(`kmerSizes: each size may be given once; found ${kmerSizes.join(", ")}.`);
  }
  return { genes, seed, genesPerShard, kmerSizes };
}

function whole(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw usageError(`${name}: expected an integer of at least ${least}, found ${value}.`);
  }
}
