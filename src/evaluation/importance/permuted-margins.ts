/**
 * Margins after permuting, for all units and repeats in one pass over the trees. A unit's values lead a row to another leaf
 * only from the first node on its path where they go the other way; so a row's path is walked once for all units, and only
 * from such nodes again. The work does not grow with the number of units, and the margins are those of predicting anew.
 */
import type { Routing, UnitLayer } from "./routing.ts";

/** Rows to predict, and what is permuted among them; structured-cloneable. */
export interface PermutedRows {
  readonly routing: Routing;
  readonly rows: number;
  /** Byte of row i in plane p at p * rows + i. */
  readonly bytes: Uint8Array;
  /** Row whose values row i gets in repeat r, at r * rows + i. */
  readonly orders: Uint32Array;
  readonly repeats: number;
  readonly layers: readonly UnitLayer[];
  /** Units of all layers. */
  readonly units: number;
}

/** Fixed-point margins of the rows of a block under one model. */
export interface PermutedMargins {
  /** As the rows are. */
  readonly margins: Int32Array;
  /** What to add with unit u permuted in repeat r, for the i-th row: at (r * units + u) * rows of the block + i. */
  readonly changes: Int32Array;
}

/** Margins of rows begin .. end-1 (at most 65535 of them) under one model. */
export function permutedMargins(
  input: PermutedRows,
  model: number,
  begin: number,
  end: number,
): PermutedMargins {
  const { routing, repeats, layers, units } = input;
  const { plane, cut, left, level, value, trees, modelOffsets } = routing;
  const count = end - begin;
  const bytes = blockBytes(input, begin, count);
  // Bytes of the rows themselves come first, then those of each repeat.
  const stride = routing.featureOfPlane.length * count;
  const margins = new Int32Array(count).fill(routing.baseMargins[model]);
  const changes = new Int32Array(repeats * units * count);

  const [firstTree, lastTree] = [modelOffsets[model], modelOffsets[model + 1]];
  let [mostNodes, deepest] = [1, 1];
  for (let tree = firstTree; tree < lastTree; tree++) {
    mostNodes = Math.max(mostNodes, trees[3 * tree + 1]);
    deepest = Math.max(deepest, trees[3 * tree + 2]);
  }
  /** Rows at node n of the tree are begins[n] .. ends[n]-1 of the list of its level's parity. */
  const begins = new Uint32Array(mostNodes + 1);
  const ends = new Uint32Array(mostNodes + 1);
  const lists = [new Uint16Array(count), new Uint16Array(count)];
  const went = new Uint8Array(count);
  const turned = new Uint32Array(count + 1);
  const leafValue = new Int32Array(count);
  // A row turns away at most once a level, unit layer and repeat.
  const changedAt = new Int32Array(count * deepest * layers.length * repeats);
  const changedRow = new Uint16Array(changedAt.length);

  for (let tree = firstTree; tree < lastTree; tree++) {
    const [root, nodes] = trees.subarray(3 * tree, 3 * tree + 2);
    for (let i = 0; i < count; i++) lists[0][i] = i;
    begins[0] = 0;
    ends[0] = count;
    let changed = 0;
    for (let node = root; node < root + nodes; node++) {
      const from = lists[level[node] & 1];
      const [first, last] = [begins[node - root], ends[node - root]];
      const child = left[node];
      if (child === node) {
        const own = value[node];
        for (let i = first; i < last; i++) leafValue[from[i]] = own;
        continue;
      }
      const to = lists[1 - (level[node] & 1)];
      const [at, highest] = [plane[node] * count, cut[node]];
      let [toLeft, toRight] = [first, last];
      for (let i = first; i < last; i++) {
        const row = from[i];
        const right = bytes[at + row] > highest ? 1 : 0;
        // Both are written and one of them counts: no branch to mispredict.
        went[i] = right;
        to[toLeft] = row;
        to[toRight - 1] = row;
        toLeft += 1 - right;
        toRight -= right;
      }
      begins[child - root] = first;
      ends[child - root] = begins[child - root + 1] = toLeft;
      ends[child - root + 1] = last;
      for (let repeat = 0; repeat < repeats; repeat++) {
        const other = (repeat + 1) * stride;
        let turns = 0;
        for (let i = first; i < last; i++) {
          const row = from[i];
          const right = bytes[other + at + row] > highest ? 1 : 0;
          turned[turns] = 2 * row + right;
          turns += right ^ went[i];
        }
        if (turns === 0) continue;
        for (const { unitOfPlane, above } of layers) {
          const unit = unitOfPlane[plane[node]];
          if (unit < 0) continue;
          const to = (repeat * units + unit) * count;
          for (let i = 0; i < turns; i++) {
            const row = turned[i] >>> 1;
            // A row that turned away at a node above is not here any more.
            let up = above[node];
            while (
              up >= 0 &&
              (bytes[other + plane[up >>> 1] * count + row] > cut[up >>> 1] ? 1 : 0) === (up & 1)
            ) up = above[up >>> 1];
            if (up >= 0) continue;
            let here = child + (turned[i] & 1);
            while (left[here] !== here) {
              const p = plane[here];
              const byte = bytes[(unitOfPlane[p] === unit ? other : 0) + p * count + row];
              here = left[here] + (byte > cut[here] ? 1 : 0);
            }
            changes[to + row] += value[here];
            changedAt[changed] = to + row;
            changedRow[changed++] = row;
          }
        }
      }
    }
    for (let i = 0; i < count; i++) margins[i] += leafValue[i];
    for (let i = 0; i < changed; i++) changes[changedAt[i]] -= leafValue[changedRow[i]];
  }
  return { margins, changes };
}

/** Bytes of the block's rows, plane by plane, then of the rows that take their place in each repeat. */
function blockBytes({ routing, rows, bytes, orders, repeats }: PermutedRows, begin: number, count: number) {
  const planes = routing.featureOfPlane.length;
  const block = new Uint8Array((1 + repeats) * planes * count);
  for (let p = 0; p < planes; p++) {
    block.set(bytes.subarray(p * rows + begin, p * rows + begin + count), p * count);
  }
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let p = 0; p < planes; p++) {
      const to = ((1 + repeat) * planes + p) * count;
      for (let i = 0; i < count; i++) block[to + i] = bytes[p * rows + orders[repeat * rows + begin + i]];
    }
  }
  return block;
}
