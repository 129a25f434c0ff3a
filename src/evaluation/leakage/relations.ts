/**
 * Pairs of columns whose relation gives a class away though neither does by itself: a difference or ratio (1: equality) that holds on one
 * side only, such as a window's score that is the row's own on all rows but the true sites. All pairs are looked at on a few rows of
 * three genes, what is left on some rows of more genes, and what is left then on all rows.
 */
import { PURPOSE, Stream } from "../../numerics/random.ts";
import type { FeatureSample } from "../analysis.ts";
import { codeColumn, type CodedColumn } from "./coded-column.ts";
import type { GeneLabels } from "./gene-labels.ts";
import { type GeneProfile, profileGenes, SIDES } from "./gene-profile.ts";
import { type Found, strongestValue } from "./patterns.ts";

/** Genes and rows a class of the first look, and of the second. */
const FIRST = { genes: 3, rows: 5 };
const SECOND = { genes: 12, rows: 20 };
/** A class of fewer rows is not looked at. */
const LEAST_LOOKED = 3;
/** The second look may err by this much. */
const SLACK = 0.1;
/** On the side where the relation holds, neither column may have one value on more rows than this: then the relation is that value's. */
const MOST_COMMON = 0.5;

export type RelationKind = "difference" | "ratio";

export interface Relation {
  readonly first: number;
  readonly second: number;
  readonly kind: RelationKind;
  readonly found: Found;
  readonly column: CodedColumn;
  readonly profile: GeneProfile;
}

/** A column that may take part: its index, values, and whether all are integers that f32 holds exactly. */
export interface RelationColumn {
  readonly index: number;
  readonly values: Float32Array;
  readonly integers: boolean;
}

/** Finds relations, and keeps what it worked out of pairs from one set of genes to the next. */
export class RelationFinder {
  readonly #labels: GeneLabels;
  readonly #genesOfSample: Uint32Array;
  readonly #seed: number;
  readonly #known = new Map<string, { readonly column: CodedColumn; readonly profile: GeneProfile }>();

  constructor(labels: GeneLabels, sample: FeatureSample, seed: number) {
    this.#labels = labels;
    this.#genesOfSample = sample.genes;
    this.#seed = seed;
  }

  /** Relations of at least that strength over the genes, in order of the columns. */
  find(columns: readonly RelationColumn[], genes: Uint32Array, threshold: number): Relation[] {
    const looks = [FIRST, SECOND].map((look) => this.#rowsOf(genes, look));
    const first = looks[0].filter(({ classes }) =>
      classes.filter((rows) => rows.length >= LEAST_LOOKED).length > 1
    );
    const second = probeLabels(looks[1]);
    const relations: Relation[] = [];
    for (let i = 0; i < columns.length; i++) {
      for (let j = i + 1; j < columns.length; j++) {
        const [a, b] = [columns[i], columns[j]];
        for (const kind of a.integers && b.integers ? KINDS : KINDS.slice(1)) {
          if (!differs(a.values, b.values, kind, first)) continue;
          if (this.#look(a.values, b.values, kind, second) < threshold - SLACK) continue;
          const relation = this.#whole(a, b, kind, genes);
          if (relation !== null && relation.found.pattern.strength >= threshold) relations.push(relation);
        }
      }
    }
    return relations;
  }

  /** Some rows of each class, drawn by the seed, in the genes with the most sites. */
  #rowsOf(genes: Uint32Array, look: { readonly genes: number; readonly rows: number }): ProbeGene[] {
    const { counts, geneStart, labels } = this.#labels;
    const sites = (gene: number): number => counts[3 * gene + 1] + counts[3 * gene + 2];
    return [...genes].sort((a, b) => sites(b) - sites(a) || a - b).slice(0, look.genes).map((gene) => {
      const classes: number[][] = [[], [], []];
      for (let row = geneStart[gene]; row < geneStart[gene + 1]; row++) classes[labels[row]].push(row);
      classes.forEach((rows, c) => {
        new Stream(this.#seed, PURPOSE.diagnosticSample, this.#genesOfSample[gene], c).shuffle(rows);
        rows.length = Math.min(rows.length, look.rows);
      });
      return { classes };
    });
  }

  #look(x: Float32Array, y: Float32Array, kind: RelationKind, probe: Probe): number {
    const column = codeColumn(Float64Array.from(probe.rows, (row) => related(x[row], y[row], kind)));
    const { labels } = probe;
    return strongestOf(profileGenes(column, labels), labels, probe.genes)?.pattern.strength ?? 0;
  }

  #whole(a: RelationColumn, b: RelationColumn, kind: RelationKind, genes: Uint32Array): Relation | null {
    const key = `${a.index} ${b.index} ${kind}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      const values = new Float64Array(a.values.length);
      for (let row = 0; row < values.length; row++) values[row] = related(a.values[row], b.values[row], kind);
      const column = codeColumn(values);
      this.#known.set(key, known = { column, profile: profileGenes(column, this.#labels) });
    }
    const found = strongestOf(known.profile, this.#labels, genes);
    if (found === null) return null;
    const ownValue = [a, b].some(({ values }) => {
      const own = profileGenes(codeColumn(values), this.#labels);
      return commonest(own, genes, found.side) > MOST_COMMON;
    });
    return ownValue ? null : { first: a.index, second: b.index, kind, found, ...known };
  }
}

const KINDS: readonly RelationKind[] = ["difference", "ratio"];

interface ProbeGene {
  /** Rows a class. */
  readonly classes: readonly (readonly number[])[];
}

/** Some rows as a sample of their own. */
interface Probe {
  readonly rows: readonly number[];
  readonly labels: GeneLabels;
  readonly genes: Uint32Array;
}

function probeLabels(probe: readonly ProbeGene[]): Probe {
  const geneStart = new Uint32Array(probe.length + 1);
  const rows: number[] = [];
  const labels: number[] = [];
  probe.forEach(({ classes }, gene) => {
    classes.forEach((own, c) => own.forEach((row) => void (rows.push(row), labels.push(c))));
    geneStart[gene + 1] = rows.length;
  });
  const counts = Uint32Array.from(probe.flatMap(({ classes }) => classes.map((own) => own.length)));
  return {
    rows,
    labels: { labels: Uint8Array.from(labels), geneStart, genes: probe.length, counts },
    genes: Uint32Array.from(probe, (_, gene) => gene),
  };
}

/** Difference or ratio of two values; NaN where either is missing or the ratio has none. Equal values have ratio 1, zeros too. */
function related(x: number, y: number, kind: RelationKind): number {
  if (kind === "difference") return x - y;
  if (x === y) return 1;
  return y === 0 || x === 0 ? NaN : rounded(x / y);
}

const word = new Uint32Array(1);
const number = new Float32Array(word.buffer);

/** To 20 bits: a ratio of numbers that were themselves rounded to f32 comes out alike. */
function rounded(x: number): number {
  number[0] = x;
  word[0] = (word[0] + 8) & ~15;
  return number[0];
}

/**
 * Whether, in two genes, the relation is the same on (nearly) all looked-at rows of a class, neither column being one value there, and not so
 * on those of another class.
 */
function differs(x: Float32Array, y: Float32Array, kind: RelationKind, probe: readonly ProbeGene[]): boolean {
  let genes = 0;
  for (const { classes } of probe) {
    const looked = classes.filter((rows) => rows.length >= LEAST_LOOKED);
    const values = looked.map((rows) => consensus(rows, (row) => related(x[row], y[row], kind)));
    const apart = values.some((value, c) =>
      !Number.isNaN(value) && values.some((other) => other !== value) &&
      [x, y].every((column) => Number.isNaN(consensus(looked[c], (row) => column[row])))
    );
    if (apart && ++genes === 2) return true;
  }
  return false;
}

/** The value that all rows but at most one have; NaN where there is none. */
function consensus(rows: readonly number[], valueOf: (row: number) => number): number {
  for (let candidate = 0; candidate < 2; candidate++) {
    const value = valueOf(rows[candidate]);
    let unlike = 0;
    for (let k = 0; k < rows.length && unlike < 2; k++) if (valueOf(rows[k]) !== value) unlike++;
    if (unlike < 2) return value;
  }
  return NaN;
}

/** The strongest pattern, unless it is the relation's absence. */
function strongestOf(
  profile: GeneProfile,
  labels: GeneLabels,
  genes: Uint32Array,
): Found | null {
  const found = strongestValue(profile, labels, genes);
  return found?.pattern.value === "missing" ? null : found;
}

/** Mean over genes of the share of a side's rows with its most frequent value. */
function commonest({ inHolders }: GeneProfile, genes: Uint32Array, side: number): number {
  let [sum, judged] = [0, 0];
  for (const gene of genes) {
    if (Number.isNaN(inHolders[SIDES * gene + side])) continue;
    sum += inHolders[SIDES * gene + side];
    judged++;
  }
  return sum / judged;
}
