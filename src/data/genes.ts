/** Rows ordered by gene: the index over all files, whole genes drawn by seed, and repeated rows. */
import { philox, PURPOSE, seedKey } from "../numerics/random.ts";
import { dataError } from "../numerics/errors.ts";
import type { ColumnSource } from "./column-source.ts";
import { hashText } from "./hash.ts";

/** Rank of a row that was not drawn. */
export const LEFT_OUT = 0xffffffff;

/** Gene of every row, file after file. */
export interface GeneIds {
  /** Distinct gene ids, ascending by code unit. */
  readonly names: readonly string[];
  /** Index into `names` per row. */
  readonly gene: Uint32Array;
  /** Rows per gene. */
  readonly counts: Uint32Array;
}

/**
 * Reads the gene column of every file.
 * @throws SpliceboostError (data) for a row without a gene, naming file and row.
 */
export async function readGeneIds(sources: readonly ColumnSource[], column: string): Promise<GeneIds> {
  const total = sources.reduce((sum, source) => sum + source.rows, 0);
  const codes = new Map<string, number>();
  const gene = new Uint32Array(total);
  let at = 0;
  for (const source of sources) {
    const [values] = await source.read([column]);
    for (let row = 0; row < values.length; row++) {
      const value = values[row];
      if (value === null || value === "" || Number.isNaN(value)) {
        throw dataError(
          `${source.name}: column "${column}", row ${row + 1}: expected a gene id, found ` +
            `${value === "" ? "an empty text" : "null"}. Every row must belong to a gene.`,
        );
      }
      const id = String(value);
      let code = codes.get(id);
      if (code === undefined) codes.set(id, code = codes.size);
      gene[at++] = code;
    }
  }
  return sortedByName([...codes.keys()], gene);
}

function sortedByName(met: readonly string[], gene: Uint32Array): GeneIds {
  const order = met.map((_, i) => i).sort((a, b) => (met[a] < met[b] ? -1 : 1));
  const rank = new Uint32Array(met.length);
  order.forEach((code, i) => rank[code] = i);
  const counts = new Uint32Array(met.length);
  for (let i = 0; i < gene.length; i++) {
    gene[i] = rank[gene[i]];
    counts[gene[i]]++;
  }
  return { names: order.map((code) => met[code]), gene, counts };
}

export interface GeneDraw {
  /** Genes to keep at most; 0 for all. */
  readonly sampleGenes: number;
  /** Rows to keep at most, by whole genes; 0 for all. */
  readonly rowCap: number;
  readonly seed: number;
}

/**
 * Draws whole genes. Each gene's place in the draw depends on the seed and its id alone, so other genes and files do
 * not change it.
 * @param candidates 1 per gene that may be drawn.
 * @returns 1 per gene kept, and what to tell the user.
 * @throws SpliceboostError (data) where not even the first gene fits the row cap.
 */
export function drawGenes(
  { names, counts }: GeneIds,
  draw: GeneDraw,
  candidates: Uint8Array,
): { keep: Uint8Array; notes: string[] } {
  const keep = candidates.slice();
  const notes: string[] = [];
  const available = keep.reduce((sum, flag) => sum + flag, 0);
  const total = counts.reduce((sum, count, g) => sum + count * keep[g], 0);
  if (draw.sampleGenes >= available && draw.sampleGenes > 0) {
    notes.push(`${draw.sampleGenes} genes were asked for and the data has ${available}: all are used.`);
  }
  const sampled = draw.sampleGenes > 0 && draw.sampleGenes < available;
  const capped = draw.rowCap > 0 && draw.rowCap < total;
  if (!sampled && !capped) return { keep, notes };
  const order = drawOrder(names, draw.seed, PURPOSE.geneSample).filter((g) => candidates[g] === 1);
  const most = sampled ? draw.sampleGenes : available;
  let genes = 0;
  let rows = 0;
  while (genes < most && (draw.rowCap === 0 || rows + counts[order[genes]] <= draw.rowCap)) {
    rows += counts[order[genes++]];
  }
  if (genes === 0) {
    throw dataError(
      `The row cap of ${draw.rowCap} rows is less than the first gene drawn has (${names[order[0]]}: ` +
        `${counts[order[0]]} rows). Raise the cap; genes are never cut.`,
    );
  }
  keep.fill(0);
  for (let i = 0; i < genes; i++) keep[order[i]] = 1;
  const why = genes < most ? `row cap ${draw.rowCap}, whole genes only` : "gene sample";
  notes.push(
    `${genes} of ${available} genes are used, ${rows} of ${total} rows (${why}, seed ${draw.seed}).`,
  );
  return { keep, notes };
}

/** Genes in the order in which a seed draws them for a purpose; each gene's place depends on the seed and its id alone. */
export function drawOrder(names: readonly string[], seed: number, purpose: number): number[] {
  const [key0, key1] = seedKey(seed);
  const draws = names.map((name) => {
    const [a, b, c] = hashText(name);
    const [high, low] = philox(key0, key1, [purpose, a, b, c]);
    return high * 4294967296 + low;
  });
  return names.map((_, i) => i).sort((a, b) => draws[a] - draws[b] || a - b);
}

/**
 * Draws whole genes, by seed and id, until they have at least so many rows and, with labels, a row of every class that
 * the data has; all genes where the data has fewer rows. Adding or removing other genes does not change a gene's place in
 * the draw.
 * @param genes Gene ids; rows of gene g are geneStart[g] .. geneStart[g+1]-1.
 * @param options.labels Class code per row, where the sample must have every class.
 * @param options.purpose What for (PURPOSE of numerics/random.ts), so that samples for different ends are independent.
 * @returns Indices of the genes drawn, ascending.
 */
export function drawGeneSample(
  genes: readonly string[],
  geneStart: Uint32Array,
  rows: number,
  seed: number,
  options: { readonly labels?: Uint8Array; readonly purpose?: number } = {},
): Uint32Array {
  const { labels, purpose = PURPOSE.diagnosticSample } = options;
  const lacking = new Set(labels);
  const drawn: number[] = [];
  let drawnRows = 0;
  for (const gene of drawOrder(genes, seed, purpose)) {
    if (drawnRows >= rows && lacking.size === 0) break;
    const [start, end] = [geneStart[gene], geneStart[gene + 1]];
    drawn.push(gene);
    drawnRows += end - start;
    for (const code of lacking) if (labels?.subarray(start, end).includes(code)) lacking.delete(code);
  }
  return Uint32Array.from(drawn).sort();
}

/** Rows in canonical order. */
export interface RowOrder {
  readonly rows: number;
  readonly genes: readonly string[];
  /** geneStart[g] .. geneStart[g+1]-1 are the rows of gene g. */
  readonly geneStart: Uint32Array;
  /** Canonical row of every row read, file after file, or LEFT_OUT. */
  readonly rank: Uint32Array;
}

/**
 * Orders the kept rows by gene, position, then order read. Rows without a position come last in their gene.
 * @param positions Position of every row read, NaN for none; or null to keep the order read.
 */
export function orderRows(
  { names, gene, counts }: GeneIds,
  keep: Uint8Array,
  positions: Float64Array | null,
): RowOrder {
  const starts = new Uint32Array(names.length + 1);
  for (let g = 0; g < names.length; g++) starts[g + 1] = starts[g] + (keep[g] ? counts[g] : 0);
  const rows = starts[names.length];
  const byGene = new Uint32Array(rows);
  const next = starts.slice();
  for (let i = 0; i < gene.length; i++) if (keep[gene[i]]) byGene[next[gene[i]]++] = i;
  if (positions !== null) {
    const compare = (a: number, b: number): number => comparePositions(positions[a], positions[b]) || a - b;
    for (let g = 0; g < names.length; g++) {
      const slice = byGene.subarray(starts[g], starts[g + 1]);
      let sorted = true;
      for (let i = 1; i < slice.length && sorted; i++) sorted = compare(slice[i - 1], slice[i]) < 0;
      if (!sorted) slice.sort(compare);
    }
  }
  const rank = new Uint32Array(gene.length).fill(LEFT_OUT);
  for (let row = 0; row < rows; row++) rank[byGene[row]] = row;
  return {
    rows,
    genes: names.filter((_, g) => keep[g]),
    geneStart: Uint32Array.from([
      0,
      ...Array.from(names.keys()).filter((g) => keep[g]).map((g) => starts[g + 1]),
    ]),
    rank,
  };
}

function comparePositions(a: number, b: number): number {
  if (a === b) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : 1;
}
