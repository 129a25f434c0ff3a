/** Whole genes kept or left out by name or chromosome, before anything is sampled. */
import { nearestName, usageError } from "../numerics/errors.ts";

/** Which genes to keep; lists that are not given do not matter. */
export interface GeneSelection {
  /** Keep genes of these ids, and those on `onlyChromosomes`. */
  readonly onlyGenes?: readonly string[];
  /** Keep genes on these chromosomes ("chr1" and "1" are the same), and those of `onlyGenes`. */
  readonly onlyChromosomes?: readonly string[];
  /** Leave out genes of these ids. */
  readonly exceptGenes?: readonly string[];
  /** Leave out genes on these chromosomes. */
  readonly exceptChromosomes?: readonly string[];
}

/** The lists as messages name them, with the command line's options. */
const SETTINGS = {
  only: { genes: "onlyGenes", chromosomes: "onlyChromosomes" },
  except: { genes: "exceptGenes (--holdout-genes)", chromosomes: "exceptChromosomes (--holdout-chroms)" },
} as const;

/** Whether chromosomes must be known to select. */
export function selectsByChromosome({ onlyChromosomes, exceptChromosomes }: GeneSelection): boolean {
  return onlyChromosomes !== undefined || exceptChromosomes !== undefined;
}

/**
 * Chooses whole genes. The genes that `exceptGenes` and `exceptChromosomes` leave out are those that `onlyGenes` and
 * `onlyChromosomes` of the same lists keep.
 * @param names Gene ids, ascending.
 * @param counts Rows per gene.
 * @param chromosomes Chromosome per gene; null where they were not read.
 * @returns 1 per gene kept, and what to tell the user.
 * @throws SpliceboostError (usage) naming the first id or chromosome that the data has not, or where no gene is left.
 */
export function selectGenes(
  names: readonly string[],
  counts: Uint32Array,
  chromosomes: readonly string[] | null,
  selection: GeneSelection,
): { keep: Uint8Array; notes: string[] } {
  const only = choose(names, chromosomes, "only", selection.onlyGenes, selection.onlyChromosomes);
  const except = choose(names, chromosomes, "except", selection.exceptGenes, selection.exceptChromosomes);
  const keep = Uint8Array.from(names, (_, g) => (only && !only[g]) || except?.[g] ? 0 : 1);
  const count = (flags: Uint8Array): string => {
    const rows = counts.reduce((sum, own, g) => sum + own * flags[g], 0);
    const genes = flags.reduce((sum, flag) => sum + flag, 0);
    return `${genes} of ${names.length} genes (${rows} rows)`;
  };
  const notes: string[] = [];
  if (only) {
    notes.push(`${count(only)} are selected${described(selection.onlyGenes, selection.onlyChromosomes)}.`);
  }
  if (except) {
    notes.push(
      `${count(except)} are held out${described(selection.exceptGenes, selection.exceptChromosomes)}.`,
    );
  }
  if (!keep.includes(1)) {
    throw usageError(
      `No gene is left of ${names.length}: ${notes.join(" ")} Select more genes, or hold out fewer.`,
    );
  }
  return { keep, notes };
}

/** 1 per gene in either list; null where neither list is given. */
function choose(
  names: readonly string[],
  chromosomes: readonly string[] | null,
  prefix: "only" | "except",
  genes: readonly string[] | undefined,
  wanted: readonly string[] | undefined,
): Uint8Array | null {
  if (genes === undefined && wanted === undefined) return null;
  const byName = new Map(names.map((name, g) => [name, g]));
  const chosen = new Uint8Array(names.length);
  for (const id of genes ?? []) {
    const g = byName.get(id);
    if (g === undefined) throw unknown(SETTINGS[prefix].genes, "gene", id, names);
    chosen[g] = 1;
  }
  if (wanted === undefined) return chosen;
  const known = chromosomes ?? names.map(() => "");
  const bare = known.map(bareName);
  for (const name of wanted) {
    const own = bareName(name);
    if (own === "" || !bare.includes(own)) {
      throw unknown(SETTINGS[prefix].chromosomes, "chromosome", name, new Set(known.filter((c) => c !== "")));
    }
    bare.forEach((other, g) => chosen[g] |= other === own ? 1 : 0);
  }
  return chosen;
}

function bareName(chromosome: string): string {
  return chromosome.trim().replace(/^chr/i, "").toUpperCase();
}

function unknown(option: string, what: string, name: string, known: Iterable<string>): Error {
  const list = [...known];
  const near = nearestName(name, list);
  const hint = near !== undefined
    ? ` Did you mean "${near}"?`
    : list.length > 0
    ? ` The first is "${list[0]}".`
    : "";
  return usageError(`${option}: the data has no ${what} "${name}" (${list.length} are known).${hint}`);
}

function described(genes: readonly string[] | undefined, chromosomes: readonly string[] | undefined): string {
  const parts = [
    ...(genes ? [`${genes.length} by id`] : []),
    ...(chromosomes ? [`by chromosome: ${chromosomes.join(", ")}`] : []),
  ];
  return parts.length > 0 ? ` (${parts.join("; ")})` : "";
}
