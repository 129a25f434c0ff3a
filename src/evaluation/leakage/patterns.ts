/** From what a column does inside genes to what it does in all of them: the strongest pattern of each kind. */
import { CLASSES, type GeneLabels } from "./gene-labels.ts";
import { type GeneProfile, SIDES } from "./gene-profile.ts";
import type { LeakPattern } from "./types.ts";

/** Fewer genes, or rows a side, say nothing. */
export const LEAST_GENES = 3;
export const LEAST_ROWS = 20;
/** A class found later must beat those before by this: where sites are apart from neither, donors look apart from the rest. */
const AHEAD = 0.02;
/** A value is named where it is the gene's in this share of genes. */
const NAMED = 0.9;

export interface Found {
  readonly pattern: LeakPattern;
  /** Side that holds the value, or -1. */
  readonly side: number;
}

/** The strongest pattern of one value held by one side; near ties to the earlier class, and its own rows before the others. */
export function strongestValue(
  profile: GeneProfile,
  { counts }: GeneLabels,
  genes: Uint32Array,
): Found | null {
  let best: Found | null = null;
  for (let side = 0; side < SIDES; side++) {
    const sum = { inHolders: 0, inOthers: 0, genes: 0, exact: 0, holders: 0, others: 0 };
    const modes = new Map<number, number>(); // NaN, missing, is a key like others
    for (const gene of genes) {
      const at = SIDES * gene + side;
      if (Number.isNaN(profile.inHolders[at])) continue;
      const own = counts[3 * gene + (side >> 1)];
      const rows = counts[3 * gene] + counts[3 * gene + 1] + counts[3 * gene + 2];
      sum.genes++;
      sum.inHolders += profile.inHolders[at];
      sum.inOthers += profile.inOthers[at];
      sum.exact += profile.exact[at];
      sum.holders += side % 2 === 0 ? own : rows - own;
      sum.others += side % 2 === 0 ? rows - own : own;
      modes.set(profile.value[at], (modes.get(profile.value[at]) ?? 0) + 1);
    }
    if (sum.genes < LEAST_GENES || Math.min(sum.holders, sum.others) < LEAST_ROWS) continue;
    const strength = (sum.inHolders - sum.inOthers) / sum.genes;
    if (best !== null && !(strength > best.pattern.strength + AHEAD)) continue;
    const [value, times] = [...modes].reduce((a, b) => (b[1] > a[1] ? b : a));
    best = {
      side,
      pattern: {
        kind: "value",
        class: CLASSES[side >> 1],
        holders: side % 2 === 0 ? "class" : "others",
        value: times < NAMED * sum.genes ? null : named(value),
        inHolders: sum.inHolders / sum.genes,
        inOthers: sum.inOthers / sum.genes,
        strength,
        genes: sum.genes,
        exactGenes: sum.exact,
      },
    };
  }
  return best;
}

/** The class whose rows lie wholly on one side of all others in the most genes, always the same side. */
export function strongestOrder(
  { order }: GeneProfile,
  { counts }: GeneLabels,
  genes: Uint32Array,
): Found | null {
  let best: Found | null = null;
  for (let c = 0; c < 3; c++) {
    let [judged, above, below, own, others] = [0, 0, 0, 0, 0];
    for (const gene of genes) {
      const mine = counts[3 * gene + c];
      const rest = counts[3 * gene] + counts[3 * gene + 1] + counts[3 * gene + 2] - mine;
      if (mine === 0 || rest === 0) continue;
      judged++;
      own += mine;
      others += rest;
      if (order[3 * gene + c] > 0) above++;
      if (order[3 * gene + c] < 0) below++;
    }
    if (judged < LEAST_GENES || Math.min(own, others) < LEAST_ROWS) continue;
    const exactGenes = Math.max(above, below);
    const strength = exactGenes / judged;
    if (best !== null && !(strength > best.pattern.strength)) continue;
    best = {
      side: -1,
      pattern: {
        kind: "order",
        class: CLASSES[c],
        holders: null,
        value: null,
        inHolders: null,
        inOthers: null,
        strength,
        genes: judged,
        exactGenes,
      },
    };
  }
  return best;
}

/** A value as JSON has it. */
function named(value: number): LeakPattern["value"] {
  if (Number.isNaN(value)) return "missing";
  if (Number.isFinite(value)) return value;
  return value > 0 ? "infinity" : "-infinity";
}
