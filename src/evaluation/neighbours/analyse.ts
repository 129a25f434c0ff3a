/** Probabilities around true sites and around errors, by offset. */
import { drawOrder } from "../../data/genes.ts";
import { usageError } from "../../numerics/errors.ts";
import { PURPOSE } from "../../numerics/random.ts";
import { mean, quantileSorted } from "../../statistics/quantile.ts";
import type { JudgedRows } from "../analysis.ts";
import type { EvaluatedRows } from "../rows.ts";
import { spliceScores } from "../splice.ts";
import { type Along, rowsAlong } from "./along.ts";
import {
  type Centre,
  CENTRES,
  type CentreSummary,
  type NeighbourAnalysis,
  type OffsetSummary,
  type Spread,
} from "./types.ts";

/** Offsets looked at on either side where nothing else is said (--neigh-window). */
export const DEFAULT_WINDOW = 10;

export interface NeighbourOptions {
  /** Genes to draw (--neigh-sample); 0, the default, takes all. */
  readonly sample?: number;
  /** Largest offset, nucleotides (default 10). */
  readonly window?: number;
  readonly seed: number;
  /** Thresholds on donor + acceptor that make a row an error of either model (default 0.5). */
  readonly threshold?: number;
  readonly baseThresh?: number;
  /** Strand per gene where positions are genomic: on "-" offsets are turned around, genes of unknown strand are left out. */
  readonly genomicStrands?: readonly string[] | null;
}

/**
 * Means and quartiles of both models' donor and acceptor probabilities at each offset from true donors and acceptors and from the false
 * positives and negatives of either model, over the rows that the table has there.
 * @returns null where positions are unknown.
 * @throws SpliceboostError (usage) for a sample or window that is no whole number in range, or strands of other genes
 */
export function analyseNeighbours(judged: JudgedRows, options: NeighbourOptions): NeighbourAnalysis | null {
  const { sample = 0, window = DEFAULT_WINDOW, seed, threshold = 0.5, baseThresh = 0.5 } = options;
  const { genes, positions, meta, base } = judged;
  const strands = options.genomicStrands ?? null;
  whole("sample (--neigh-sample)", sample, 0, Number.MAX_SAFE_INTEGER);
  whole("window (--neigh-window)", window, 1, 1000);
  if (strands && strands.length !== genes.length) {
    throw usageError(`genomicStrands: expected one a gene (${genes.length}), found ${strands.length}.`);
  }
  if (positions === null) return null;
  const drawn = sample === 0 || sample >= genes.length
    ? [...genes.keys()]
    : drawOrder(genes, seed, PURPOSE.neighbourSample).slice(0, sample).sort((a, b) => a - b);
  const used = drawn.filter((g) => !strands || strands[g] === "+" || strands[g] === "-");
  const along = used.map((g) => rowsAlong(g, meta.geneStart, positions, strands?.[g] === "-"));
  const calls = { meta: called(meta, threshold), base: base && called(base, baseThresh) };
  return {
    window,
    centres: CENTRES.filter((centre) => base !== null || !centre.startsWith("base")).map((centre) =>
      summarise(centre, centreTest(centre, meta.labels, calls), along, window, judged)
    ),
    genes: used.length,
    allGenes: genes.length,
    threshold,
    baseThresh,
    notes: notesOf(judged, drawn.length, used.length, strands !== null, along, seed),
  };
}

/** 1 for each row that is called a site. */
function called(rows: EvaluatedRows, threshold: number): Uint8Array {
  const cut = Math.fround(threshold);
  return Uint8Array.from(spliceScores(rows), (score) => score >= cut ? 1 : 0);
}

/** Whether a row is such a centre. */
function centreTest(
  centre: Centre,
  labels: Uint8Array,
  calls: { readonly meta: Uint8Array; readonly base: Uint8Array | null },
): (row: number) => boolean {
  if (centre === "true donor") return (row) => labels[row] === 1;
  if (centre === "true acceptor") return (row) => labels[row] === 2;
  const own = centre.startsWith("meta") ? calls.meta : calls.base;
  if (centre.endsWith("positive")) return (row) => labels[row] === 0 && own?.[row] === 1;
  return (row) => labels[row] !== 0 && own?.[row] === 0;
}

function summarise(
  centre: Centre,
  isCentre: (row: number) => boolean,
  along: readonly Along[],
  window: number,
  { meta, base }: JudgedRows,
): CentreSummary {
  const rowsAt: number[][] = Array.from({ length: 2 * window + 1 }, () => []);
  const genesAt = new Uint32Array(2 * window + 1);
  let [centres, genes] = [0, 0];
  for (const { rows, places } of along) {
    const before = rowsAt.map((list) => list.length);
    let own = 0;
    let first = 0;
    for (let i = 0; i < rows.length; i++) {
      if (!isCentre(rows[i])) continue;
      own++;
      while (places[first] < places[i] - window) first++;
      for (let j = first; j < rows.length && places[j] <= places[i] + window; j++) {
        const offset = places[j] - places[i];
        if (!Number.isInteger(offset)) continue;
        // Another row at the centre's own position is no neighbour.
        if (offset === 0 && j !== i) continue;
        rowsAt[offset + window].push(rows[j]);
      }
    }
    centres += own;
    if (own > 0) genes++;
    rowsAt.forEach((list, o) => genesAt[o] += list.length > before[o] ? 1 : 0);
  }
  const offsets = rowsAt.map((rows, o): OffsetSummary => ({
    offset: o - window,
    rows: rows.length,
    genes: genesAt[o],
    metaDonor: spread(meta.donor, rows),
    metaAcceptor: spread(meta.acceptor, rows),
    baseDonor: base && spread(base.donor, rows),
    baseAcceptor: base && spread(base.acceptor, rows),
  }));
  return { centre, centres, genes, offsets };
}

function spread(values: Float32Array, rows: readonly number[]): Spread {
  if (rows.length === 0) return { mean: null, q25: null, median: null, q75: null };
  const sorted = Float64Array.from(rows, (row) => values[row]).sort();
  const [q25, median, q75] = [0.25, 0.5, 0.75].map((q) => quantileSorted(sorted, q));
  return { mean: mean(sorted), q25, median, q75 };
}

function notesOf(
  { genes }: JudgedRows,
  drawn: number,
  used: number,
  genomic: boolean,
  along: readonly Along[],
  seed: number,
): string[] {
  const notes = [
    "Only rows of the table are looked at: not every position has one, and rows near sites and errors were chosen for it, so each " +
    "offset is a choice of its own; its number of rows is given.",
  ];
  if (drawn < genes.length) notes.push(`${drawn} of ${genes.length} genes were drawn (seed ${seed}).`);
  if (genomic) {
    notes.push(
      "Positions are genomic: offsets are turned around on the strand -" +
        (used < drawn ? `; ${drawn - used} genes of unknown strand are left out.` : "."),
    );
  }
  const without = along.reduce((sum, { withoutPosition }) => sum + withoutPosition, 0);
  if (without > 0) notes.push(`${without} rows have no position and are left out.`);
  return notes;
}

function whole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw usageError(`${name}: expected a whole number from ${least} to ${most}, found ${value}.`);
}
