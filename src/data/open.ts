/** The door to the room: files, URLs, buffers or tables in, a `Dataset` out. */
import { SpliceboostError, usageError } from "../numerics/errors.ts";
import type { DataInput } from "./byte-source.ts";
import { readCanonical } from "./canonical.ts";
import { type ColumnSource, findColumn } from "./column-source.ts";
import type { Dataset } from "./dataset.ts";
import { countDuplicates } from "./duplicates.ts";
import { drawGenes, type GeneIds, LEFT_OUT, orderRows, readGeneIds, type RowOrder } from "./genes.ts";
import { hasColumn, readChromosomes, readNumbers, readThrough, scatter } from "./key-columns.ts";
import { LabelReader, requireClasses } from "./labels.ts";
import { openColumnSource } from "./open-source.ts";
import { chromosomeNote, readColumns } from "./read-columns.ts";
import { planColumns } from "./schema.ts";
import { type GeneSelection, selectGenes, selectsByChromosome } from "./select-genes.ts";
import { readStrands } from "./strands.ts";
import { dataError } from "../numerics/errors.ts";

/** Names of position columns that count along the chromosome, not along the gene. */
const GENOMIC_POSITIONS = new Set(["absolute_position", "genomic_position", "pos"]);

/** How to read the data; every name is the command line's in camel case. */
export interface OpenOptions extends GeneSelection {
  /** Column of the gene id (default "gene_id"). */
  readonly geneCol?: string;
  /** Column of the label (default "splice_type"; with `features`, read only where it is named or required). */
  readonly labelCol?: string;
  /** Column of the position in the gene (default "position"; without it rows keep their order in the files). */
  readonly positionCol?: string;
  /** Column of the chromosome (default "chrom"; without it chromosomes are unknown). */
  readonly chromCol?: string;
  /** Column of the base model's donor score (default "donor_score"). */
  readonly donorScoreCol?: string;
  /** Column of the base model's acceptor score (default "acceptor_score"). */
  readonly acceptorScoreCol?: string;
  /** Use the chromosome as a feature: 1..22, X 23, Y 24, MT 25, others a number from 101 made of the name (default false). */
  readonly encodeChrom?: boolean;
  /** Columns that must not be features. */
  readonly excludeFeatures?: readonly string[];
  /** Keep this many whole genes, drawn from all files; 0 (default) keeps all. */
  readonly sampleGenes?: number;
  /** Keep whole genes in drawn order as long as they fit this many rows; 0 (default) keeps all. */
  readonly rowCap?: number;
  /** Seed of the draw (default 42). */
  readonly seed?: number;
  /** Whether labels must be there (default: unless `features` is given). */
  readonly requireLabels?: boolean;
  /** The exact features wanted, in order, as a model names them; by default the rules of schema.ts choose. */
  readonly features?: readonly string[];
  /** Called as files are read. */
  readonly onProgress?: (event: ReadProgress) => void;
  /** Stops reading. */
  readonly signal?: AbortSignal;
}

/** Files opened so far, in the shape of a training run's progress. */
export interface ReadProgress {
  readonly phase: "read";
  readonly lane: "";
  readonly done: number;
  readonly total: number;
  readonly message?: string;
}

/**
 * Opens a data set. Only the columns with a role (gene, position, label, chromosome, base scores) are read here; features
 * are read when asked for, column by column.
 * @param inputs One input or several: files, Blobs, http(s) URLs, buffers, Arrow tables, `{ name, size, slice }`. The
 * order in which they are given does not matter; they are sorted by name.
 * @throws SpliceboostError (data) for damaged or inconsistent files; (usage) for options that make no sense;
 * (interrupted) on abort.
 */
export async function openDataset(
  inputs: DataInput | readonly DataInput[],
  options: OpenOptions = {},
): Promise<Dataset> {
  const list = Array.isArray(inputs) ? inputs as readonly DataInput[] : [inputs as DataInput];
  if (list.length === 0) throw usageError("No input data: expected at least one file, found none.");
  const draw = {
    sampleGenes: count("sampleGenes", options.sampleGenes ?? 0),
    rowCap: count("rowCap", options.rowCap ?? 0),
    seed: count("seed", options.seed ?? 42),
  };
  const { sources, inputs: digests } = await openSources(list, options);
  const geneCol = options.geneCol ?? "gene_id";
  hasColumn(sources, geneCol, true, "geneCol (--gene-col)");
  const roles = findRoles(sources, options);
  const plan = planColumns(sources, {
    geneCol,
    labelCol: options.labelCol ?? "splice_type",
    positionCol: options.positionCol ?? "position",
    chromCol: roles.chrom ?? options.chromCol ?? "chrom",
    encodeChrom: options.encodeChrom ?? false,
    excludeFeatures: options.excludeFeatures ?? [],
    features: options.features ?? null,
  });

  const ids = await readGeneIds(sources, geneCol);
  if (ids.names.length === 0) {
    throw dataError(`${list.length} files and no rows. Give files with at least one row.`);
  }
  checkAbort(options.signal);
  const readPositions = roles.position === null ? null : await readNumbers(sources, roles.position);
  const selected = await select(sources, ids, readPositions, roles.chrom, options);
  const { keep, notes: drawNotes } = drawGenes(ids, draw, selected.keep);
  const order = orderRows(ids, keep, readPositions);
  const positions = readPositions && inOrder(readPositions, order);
  checkAbort(options.signal);

  const { labels, labelSpellings } = await readLabels(sources, roles.label, order);
  if (labels && roles.label && requiresLabels(options)) requireClasses(labels, roles.label);
  const { chromosomes, mixed } = roles.chrom === null
    ? { chromosomes: order.genes.map(() => ""), mixed: 0 }
    : await readChromosomes(sources, roles.chrom, order);
  const { strands, notes: strandNotes } = await readStrands(sources, order);
  const baseScores = roles.scores === null ? null : {
    donor: await readColumn(sources, roles.scores[0], order),
    acceptor: await readColumn(sources, roles.scores[1], order),
  };
  checkAbort(options.signal);
  const repeated = await countDuplicates(sources, order, positions);
  checkAbort(options.signal);

  const notes = [...selected.notes, ...drawNotes, ...plan.notes, ...repeatNotes(repeated), ...strandNotes];
  if (mixed > 0) notes.push(`${mixed} genes have rows on several chromosomes; the first row's is taken.`);
  if (positions?.some(Number.isNaN)) notes.push("Some rows have no position; they come last in their gene.");
  if (roles.position === null) {
    notes.push("There is no position column: rows keep their order in the sorted files.");
  }
  const genomicPositions = roles.position !== null && GENOMIC_POSITIONS.has(roles.position);
  if (genomicPositions) notes.push(genomicNote(roles.position, strands));
  const encoded = roles.chrom !== null && plan.features.includes(roles.chrom) ? roles.chrom : null;
  if (encoded !== null) notes.push(chromosomeNote(encoded, chromosomes));
  return {
    rows: order.rows,
    genes: order.genes,
    geneStart: order.geneStart,
    labels,
    labelSpellings,
    positions,
    genomicPositions,
    chromosomes,
    strands,
    baseScores,
    features: plan.features,
    excluded: plan.excluded,
    notes,
    inputs: digests,
    columns: (names) => readColumns(sources, order, encoded, chromosomes, names),
    canonical: () => readCanonical(sources, order, labels, genomicPositions ? null : positions),
  };
}

/** Opens and hashes every input, sorted by name (by content where names are equal). */
async function openSources(
  list: readonly DataInput[],
  { onProgress, signal }: OpenOptions,
): Promise<{ sources: ColumnSource[]; inputs: { name: string; bytes: number; sha256: string }[] }> {
  const opened: { source: ColumnSource; bytes: number; sha256: string }[] = [];
  for (const [i, input] of list.entries()) {
    checkAbort(signal);
    const source = await openColumnSource(input, `input ${i + 1}`);
    opened.push({ source, ...(await source.digest()) });
    onProgress?.({ phase: "read", lane: "", done: i + 1, total: list.length, message: source.name });
  }
  const key = ({ source, sha256 }: (typeof opened)[number]): string => `${source.name}\0${sha256}`;
  opened.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return {
    sources: opened.map(({ source }) => source),
    inputs: opened.map(({ source, bytes, sha256 }) => ({ name: source.name, bytes, sha256 })),
  };
}

/** Genes kept by name or chromosome; 1 per gene. */
async function select(
  sources: readonly ColumnSource[],
  ids: GeneIds,
  positions: Float64Array | null,
  chrom: string | null,
  options: OpenOptions,
): Promise<{ keep: Uint8Array; notes: string[] }> {
  const all = new Uint8Array(ids.names.length).fill(1);
  // The chromosome of a gene is that of its first row in canonical order, whatever is kept.
  const chromosomes = chrom !== null && selectsByChromosome(options)
    ? (await readChromosomes(sources, chrom, orderRows(ids, all, positions))).chromosomes
    : null;
  return selectGenes(ids.names, ids.counts, chromosomes, options);
}

interface Roles {
  readonly position: string | null;
  readonly label: string | null;
  readonly chrom: string | null;
  readonly scores: readonly [string, string] | null;
}

/** A column named other than usual must be there; one of the usual name may be absent. */
function findRoles(sources: readonly ColumnSource[], options: OpenOptions): Roles {
  const find = (given: string | undefined, usual: string, flag: string, required = false): string | null => {
    const name = given ?? usual;
    return hasColumn(sources, name, required || name !== usual, flag) ? name : null;
  };
  const donor = find(options.donorScoreCol, "donor_score", "donorScoreCol (--donor-score-col)");
  const acceptor = find(
    options.acceptorScoreCol,
    "acceptor_score",
    "acceptorScoreCol (--acceptor-score-col)",
  );
  return {
    position: find(options.positionCol, "position", "positionCol (--position-col)"),
    label: wantsLabels(options, sources)
      ? find(options.labelCol, "splice_type", "labelCol (--label-col)", requiresLabels(options))
      : null,
    chrom: find(
      options.chromCol,
      "chrom",
      "chromCol (--chrom-col)",
      options.encodeChrom || selectsByChromosome(options),
    ),
    scores: donor !== null && acceptor !== null ? [donor, acceptor] : null,
  };
}

/** Data to predict, named features and all, may hold anything in a label column that nobody asks for. */
function wantsLabels(options: OpenOptions, sources: readonly ColumnSource[]): boolean {
  if (requiresLabels(options) || options.labelCol !== undefined) return true;
  return options.features === undefined && sources.some((source) => findColumn(source, "splice_type"));
}

function requiresLabels(options: OpenOptions): boolean {
  return options.requireLabels ?? options.features === undefined;
}

async function readLabels(
  sources: readonly ColumnSource[],
  name: string | null,
  { rows, rank }: RowOrder,
): Promise<Pick<Dataset, "labels" | "labelSpellings">> {
  if (name === null) return { labels: null, labelSpellings: [] };
  const reader = new LabelReader(name);
  const labels = new Uint8Array(rows);
  for await (const { source, start, values } of readThrough(sources, name)) {
    const codes = reader.read(values, source.name, (row) => rank[start + row] !== LEFT_OUT);
    for (let i = 0; i < codes.length; i++) {
      const row = rank[start + i];
      if (row !== LEFT_OUT) labels[row] = codes[i];
    }
  }
  return { labels, labelSpellings: reader.spellings() };
}

async function readColumn(
  sources: readonly ColumnSource[],
  name: string,
  order: RowOrder,
): Promise<Float32Array> {
  const out = new Float32Array(order.rows);
  for await (const { source, start, values } of readThrough(sources, name)) {
    scatter(values, order, start, out, source, name);
  }
  return out;
}

function repeatNotes({ positions, exact }: { positions: number; exact: number }): string[] {
  const notes: string[] = [];
  if (positions > 0) {
    notes.push(`${positions} rows repeat the gene and position of an earlier row; they are kept.`);
  }
  if (exact > 0) notes.push(`${exact} rows are exact copies of an earlier row; they are kept.`);
  return notes;
}

function genomicNote(column: string | null, strands: readonly string[]): string {
  const unknown = strands.filter((strand) => strand === "").length;
  return `Column "${column}" holds genomic positions: what looks along genes turns those of the strand - around` +
    (unknown > 0 ? `, and leaves ${unknown} genes of unknown strand out.` : ".");
}

function inOrder(values: Float64Array, { rows, rank }: RowOrder): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < values.length; i++) if (rank[i] !== LEFT_OUT) out[rank[i]] = values[i];
  return out;
}

function count(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw usageError(`${name}: expected a whole number from 0, found ${value}.`);
}

function checkAbort(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new SpliceboostError("interrupted", "Reading was stopped.", { cause: signal.reason });
  }
}
