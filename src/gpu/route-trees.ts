/** Trees as the route kernel takes them, for trees that the device did not grow: resumed ones, and those it takes back. */
import type { Tree } from "../numerics/engine.ts";
import type { BinnedColumn } from "../numerics/matrix.ts";
import { TREE, TREE_WORDS } from "./records.ts";

/** The tree's records, TREE_WORDS a node; only what routing reads is filled in. */
export function routeWords(tree: Tree, columns: readonly BinnedColumn[]): Uint32Array {
  const words = new Uint32Array(tree.column.length * TREE_WORDS);
  tree.column.forEach((feature, node) => {
    if (feature < 0) return;
    const at = node * TREE_WORDS;
    words[at + TREE.cell] = columns[feature].cell;
    words[at + TREE.left] = tree.left[node];
    words.set(sideMask(columns[feature], tree.bin[node], tree.missingLeft[node] === 1), at + TREE.mask);
  });
  return words;
}

/** A bit for each value of the column's byte, 1 if it goes right. */
export function sideMask(
  { radix, bins, missingBin }: Pick<BinnedColumn, "radix" | "bins" | "missingBin">,
  bin: number,
  missingLeft: boolean,
): Uint32Array {
  const mask = new Uint32Array(8);
  for (let byte = 0; byte < 256; byte++) {
    const own = Math.floor(byte / radix) % bins;
    const right = own === missingBin ? !missingLeft : own > bin;
    if (right) mask[byte >>> 5] |= 1 << (byte & 31);
  }
  return mask;
}
