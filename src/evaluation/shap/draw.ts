/** Which rows are explained: a sample drawn over genes, a background, and single cases. */
import { usageError } from "../../numerics/errors.ts";
import { PURPOSE, Stream } from "../../numerics/random.ts";
import type { EvaluatedRows } from "../rows.ts";
import type { CaseRole } from "./types.ts";

/** Rows of each class that are explained by default, and with the fast option. */
export const SHAP_ROWS = 1000;
export const FAST_SHAP_ROWS = 200;
/** Background rows of interventional values by default. */
export const BACKGROUND_ROWS = 100;

/** One row to be shown by itself. */
export interface ShapCase {
  /** Class code of the classifier. */
  readonly class: number;
  readonly role: CaseRole;
  /** Place among the rows of the plan. */
  readonly at: number;
  /** Out-of-fold probability of the class. */
  readonly outOfFold: number;
}

/** The rows whose features an analysis reads. */
export interface ShapPlan {
  /** Indices among the rows judged, ascending. */
  readonly rows: Uint32Array;
  /** Places in `rows` of the sample, ascending; of the background (empty where there is none). */
  readonly sample: Uint32Array;
  readonly background: Uint32Array;
  readonly cases: readonly ShapCase[];
  /** Sentences on what was sampled or could not be found. */
  readonly notes: readonly string[];
}

const CLASSES = ["neither", "donor", "acceptor"] as const;
/** Counters of the draws: a class's sample has its code, the background this. */
const BACKGROUND = 3;

/**
 * Up to `perClass` rows of each class, ascending. Genes are in an order drawn by the seed; every gene gives one row (drawn within it) before
 * any gives another, so that no long gene stands for all.
 * @param labels class code per row
 * @param geneStart rows of gene g are geneStart[g] .. geneStart[g+1]-1
 */
export function drawShapRows(
  labels: Uint8Array,
  geneStart: Uint32Array,
  perClass: number,
  seed: number,
): Uint32Array {
  if (!Number.isInteger(perClass) || perClass < 1) {
    throw usageError(`SHAP rows of a class must be a whole number of at least 1, got ${perClass}`);
  }
  const drawn = CLASSES.flatMap((_, c) =>
    drawOverGenes(geneStart, (row) => labels[row] === c, perClass, seed, c)
  );
  return Uint32Array.from(drawn).sort();
}

function drawOverGenes(
  geneStart: Uint32Array,
  wanted: (row: number) => boolean,
  most: number,
  seed: number,
  purpose: number,
): number[] {
  const genes: { readonly rows: number[]; readonly stream: Stream }[] = [];
  for (let g = 0; g + 1 < geneStart.length; g++) {
    const rows: number[] = [];
    for (let row = geneStart[g]; row < geneStart[g + 1]; row++) if (wanted(row)) rows.push(row);
    // A gene's draws do not depend on the other genes.
    if (rows.length > 0) genes.push({ rows, stream: new Stream(seed, PURPOSE.shapSample, purpose, g + 1) });
  }
  new Stream(seed, PURPOSE.shapSample, purpose, 0).shuffle(genes);
  const drawn: number[] = [];
  for (let turn = 0; drawn.length < most; turn++) {
    const giving = genes.filter(({ rows }) => rows.length > turn);
    if (giving.length === 0) break;
    for (const { rows, stream } of giving.slice(0, most - drawn.length)) {
      const at = turn + stream.nextInt(rows.length - turn);
      [rows[turn], rows[at]] = [rows[at], rows[turn]];
      drawn.push(rows[turn]);
    }
  }
  return drawn;
}

/**
 * The rows to explain.
 * @param judged rows with their out-of-fold probabilities, by which cases are chosen
 * @param options.background rows that stand for absent features, drawn over genes whatever their class; 0 (the default) for none
 */
export function planShapRows(
  judged: EvaluatedRows,
  options: { readonly perClass?: number; readonly background?: number; readonly seed: number },
): ShapPlan {
  const { perClass = SHAP_ROWS, background = 0, seed } = options;
  const { labels, geneStart } = judged;
  const sample = drawShapRows(labels, geneStart, perClass, seed);
  const behind = background > 0 ? drawOverGenes(geneStart, () => true, background, seed, BACKGROUND) : [];
  const found = CLASSES.flatMap((_, c) => casesOf(judged, c));
  const rows = Uint32Array.from(new Set([...sample, ...behind, ...found.map(({ row }) => row)])).sort();
  const placeOf = new Map(Array.from(rows, (row, place) => [row, place]));
  const places = (of: Iterable<number>): Uint32Array =>
    Uint32Array.from(of, (row) => placeOf.get(row)!).sort();
  const count = (of: Iterable<number>, c: number): number =>
    Array.from(of).filter((row) => labels[row] === c).length;
  const notes = CLASSES.map((name, c) => {
    const [taken, all] = [count(sample, c), count(labels.keys(), c)];
    if (all === 0) return `No row is labelled ${name}.`;
    return `${taken} of ${all} rows labelled ${name} are explained${
      taken < all ? ", drawn over genes by the seed" : ""
    }.`;
  });
  if (background > 0) {
    notes.push(
      `${behind.length} rows, drawn over genes by the seed whatever their class, stand for absent features.`,
    );
  }
  return {
    rows,
    sample: places(sample),
    background: places(behind),
    cases: found.map(({ row, ...rest }) => ({ ...rest, at: placeOf.get(row)! })),
    notes: [...notes, ...missingCases(found)],
  };
}

type FoundCase = Omit<ShapCase, "at"> & { readonly row: number };

/** The cases of a class; those there are not are left out. Ties go to the first row. */
function casesOf(judged: EvaluatedRows, c: number): FoundCase[] {
  const { labels } = judged;
  const probability = judged[CLASSES[c]];
  const isCalled = (row: number): boolean => calledClass(judged, row) === c;
  const best = (wanted: (row: number) => boolean, sign: number): number => {
    let found = -1;
    for (let row = 0; row < labels.length; row++) {
      if (wanted(row) && (found < 0 || sign * probability[row] > sign * probability[found])) found = row;
    }
    return found;
  };
  const rows: [CaseRole, number][] = [
    ["best site", best((row) => labels[row] === c, 1)],
    ["worst false positive", best((row) => labels[row] !== c && isCalled(row), 1)],
    ["worst false negative", best((row) => labels[row] === c && !isCalled(row), -1)],
  ];
  return rows.filter(([, row]) => row >= 0)
    .map(([role, row]) => ({ class: c, role, row, outOfFold: probability[row] }));
}

/** Class of the largest probability, ties to the lowest code. */
function calledClass({ neither, donor, acceptor }: EvaluatedRows, row: number): number {
  if (neither[row] >= donor[row] && neither[row] >= acceptor[row]) return 0;
  return donor[row] >= acceptor[row] ? 1 : 2;
}

function missingCases(found: readonly FoundCase[]): string[] {
  const roles: CaseRole[] = ["best site", "worst false positive", "worst false negative"];
  return CLASSES.flatMap((name, c) =>
    roles.filter((role) => !found.some((one) => one.class === c && one.role === role))
      .map((role) => `There is no ${role} of class ${name} to show.`)
  );
}

/** The values of some rows, column by column. */
export function takeRows(columns: readonly Float32Array[], rows: Uint32Array): Float32Array[] {
  return columns.map((values) => Float32Array.from(rows, (row) => values[row]));
}
