/** shaders/shared/cell.wgsl again, on the host: a cell's histogram at a node, and the best split of the node by its columns. */
import { CELL_WORDS, COLUMN_WORDS, type Frame, NODE, NODE_WORDS, NONE, TABLE_HEAD } from "../records.ts";
import { type LaneRecord, levelMaskAt, nodeAt, signedWords } from "./layout.ts";
import { bestOf, type Parent, parentAt, type Split, type Sums } from "./splits.ts";

/** A column as the table of the cells has it. */
export interface CellColumn {
  readonly feature: number;
  readonly radix: number;
  readonly bins: number;
  /** NONE where it has none. */
  readonly missingBin: number;
}

/** What all searches read. */
export interface SearchBuffers {
  readonly state: Uint32Array;
  readonly nodes: Uint32Array;
  readonly cells: Uint32Array;
  readonly histograms: Uint32Array;
  readonly masks: Uint32Array;
  /** Monotone constraints; null where there are none. */
  readonly directions: Uint32Array | null;
}

/** A node and one of its cells. */
export interface CellPlace {
  readonly lane: number;
  readonly p: LaneRecord;
  /** Of the node in its level. */
  readonly index: number;
  /** Of the cell in the chunk. */
  readonly cell: number;
}

/** The node of a place. */
export function parentOf(frame: Frame, { nodes }: SearchBuffers, { lane, p, index }: CellPlace): Parent {
  return parentAt(p, nodes, nodeAt(frame, frame.level, lane, index) * NODE_WORDS);
}

/** The best split by the columns of a cell; null where none gains anything. */
export function bestOfCell(
  frame: Frame,
  buffers: SearchBuffers,
  place: CellPlace,
  byBytes: readonly Sums[],
): Split | null {
  const { lane, p, index } = place;
  const { state, cells, masks, directions } = buffers;
  const mask = frame.nodeMasks !== 0
    ? (lane * frame.maxWidth + index) * frame.maskWords
    : levelMaskAt(frame, state, lane, p.maskSet);
  const parent = parentOf(frame, buffers, place);
  let best: Split | null = null;
  for (const column of columnsOf(cells, recordAt(frame, place.cell))) {
    const { feature } = column;
    if (((masks[mask + (feature >>> 5)] >>> (feature & 31)) & 1) === 0) continue;
    const direction = directions ? directions[lane * frame.columns + feature] | 0 : 0;
    const own = bestOf(parent, column, binsHistogram(byBytes, column), direction);
    if (own && (!best || own.gain > best.gain || (own.gain === best.gain && own.key < best.key))) best = own;
  }
  return best;
}

/** Takes the sibling's histogram of a cell from the parent's, where the node's is to be had so. */
export function subtractSibling(frame: Frame, buffers: SearchBuffers, place: CellPlace): void {
  const sums = bytesHistogram(frame, buffers, place, false);
  if (frame.subtractNext === 0) return;
  const { own, leftOut } = stretchOf(frame, buffers, place);
  sums.forEach((pair, byte) => {
    if (byte !== leftOut) signedWords(buffers.histograms).set(pair, own + byte * 2);
  });
}

/** Sums by byte of a cell at a node, the byte included that is left out of the histograms. */
export function bytesHistogram(
  frame: Frame,
  buffers: SearchBuffers,
  place: CellPlace,
  subtracted: boolean,
): Sums[] {
  const { own, sibling, bins, leftOut } = stretchOf(frame, buffers, place);
  const stored = signedWords(buffers.histograms);
  const other = (at: number): number => sibling === null || subtracted ? 0 : stored[sibling + at];
  const sums = Array.from({ length: bins }, (_, byte): Sums => {
    const at = byte * 2;
    return [stored[own + at] - other(at), stored[own + at + 1] - other(at + 1)];
  });
  const { sums: total } = parentOf(frame, buffers, place);
  sums[leftOut] = sums.reduce(
    ([g, h], pair, byte): Sums => byte === leftOut ? [g, h] : [g - pair[0], h - pair[1]],
    total,
  );
  return sums;
}

/** Where a node's histogram of a cell begins, and its sibling's (null: there is none to subtract). */
function stretchOf(
  frame: Frame,
  { nodes, cells }: SearchBuffers,
  { lane, index, cell }: CellPlace,
): {
  readonly own: number;
  readonly sibling: number | null;
  readonly bins: number;
  readonly leftOut: number;
} {
  const [, , bins, offset, leftOut] = cells.subarray(recordAt(frame, cell));
  const node = nodeAt(frame, frame.level, lane, index) * NODE_WORDS;
  const place = (slot: number): number => ((slot * frame.lanes + lane) * frame.chunkBins + offset) * 2;
  const sibling = nodes[node + NODE.sibling];
  return {
    own: place(nodes[node + NODE.slot]),
    sibling: sibling === NONE ? null : place(sibling),
    bins,
    leftOut,
  };
}

function recordAt(frame: Frame, cell: number): number {
  return TABLE_HEAD + (frame.firstCell + cell) * CELL_WORDS;
}

/** The columns of a cell that can be split on. */
function columnsOf(cells: Uint32Array, record: number): CellColumn[] {
  const [, entries, , , , firstColumn] = cells.subarray(record);
  const columns: CellColumn[] = [];
  for (let at = cells[1] + firstColumn * COLUMN_WORDS, seen = 0; seen < entries; at += COLUMN_WORDS) {
    const [feature, radix, bins, missingBin] = cells.subarray(at);
    columns.push({ feature, radix, bins, missingBin });
    seen += bins;
  }
  return columns;
}

function binsHistogram(byBytes: readonly Sums[], { radix, bins }: CellColumn): Sums[] {
  const sums = new Array<Sums>(bins).fill([0, 0]);
  byBytes.forEach(([g, h], byte) => {
    const bin = Math.floor(byte / radix) % bins;
    sums[bin] = [sums[bin][0] + g, sums[bin][1] + h];
  });
  return sums;
}
