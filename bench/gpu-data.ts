/** Data of bench/gpu.ts: drawn as bins, straight into the tiles of a matrix, so that the raw table never exists. */
import { type GrowthParameters, type Lane, ROLE_ASIDE, ROLE_TRAIN } from "../src/numerics/engine.ts";
import { type BinnedColumn, type BinnedMatrix, TILE_CELLS } from "../src/numerics/matrix.ts";
import { PURPOSE, rowDraw, rowKey } from "../src/numerics/random.ts";
import { CLASS_NAMES } from "../src/data/dataset.ts";
import { baseMarginOf } from "../src/trees/base-margin.ts";

/** What is simulated. */
export interface Shape {
  readonly rows: number;
  readonly features: number;
  /** Bins of every feature, 2 to 256. */
  readonly bins: number;
  /** Whether most rows have bin 0, as with k-mer counts: each of a bin's bits is set with probability 1/8. */
  readonly sparse: boolean;
  readonly seed: number;
}

/** Rows with their class and the fold of their gene. */
export interface SimulatedRows {
  readonly matrix: BinnedMatrix;
  /** Index into CLASS_NAMES per row: 5 % donors, 5 % acceptors. */
  readonly labels: Uint8Array;
  /** 0 to 4 per row; rows of a gene are neighbours. */
  readonly folds: Uint8Array;
}

const FOLDS = 5;
const GENE_ROWS = 500;
const RARE = 0.05;
/** Bytes of a row that donors depend on, and as many that acceptors do. */
const SIGNAL_BYTES = 8;

/** Draws the rows: a function of the shape alone. */
export function simulateRows(shape: Shape): SimulatedRows {
  const { rows, bins, sparse, seed } = shape;
  if (sparse && (bins & (bins - 1)) !== 0) {
    throw new Error(`sparse columns: expected a power of two of bins, found ${bins}`);
  }
  const columns = columnsOf(shape);
  const cells = columns[columns.length - 1].cell + 1;
  const totals = new Uint32Array(cells).fill(1);
  for (const column of columns) totals[column.cell] *= column.bins;
  const tiles = Array.from(
    { length: Math.ceil(cells / TILE_CELLS) },
    (_, tile) =>
      drawTile(rows, totals.subarray(tile * TILE_CELLS, (tile + 1) * TILE_CELLS), tile, sparse, seed),
  );
  const layout = { rows, cells, tiles: tiles.length, columns };
  const [key0, key1] = rowKey(seed, PURPOSE.folds, 0);
  const folds = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) folds[row] = rowDraw(key0, key1, Math.floor(row / GENE_ROWS)) % FOLDS;
  return { matrix: { layout, tiles }, labels: labelsOf(tiles[0], rows, cells, seed), folds };
}

/** As many columns a cell as a byte has room for, as the library's own builder packs them. */
function columnsOf({ features, bins }: Shape): BinnedColumn[] {
  const perCell = Math.floor(Math.log(256.5) / Math.log(bins));
  const cuts = Float32Array.from({ length: bins - 1 }, (_, bin) => bin + 0.5);
  return Array.from({ length: features }, (_, feature) => ({
    name: `f${feature}`,
    cell: Math.floor(feature / perCell),
    radix: bins ** (feature % perCell),
    bins,
    missingBin: -1,
    cuts,
  }));
}

/** Rows of a tile. A cell of `total` bytes has them all alike often, or, where sparse, low bits of each column set rarely. */
function drawTile(
  rows: number,
  totals: Uint32Array,
  tile: number,
  sparse: boolean,
  seed: number,
): Uint8Array {
  const bytes = new Uint8Array(rows * TILE_CELLS);
  const words = new Uint32Array(bytes.buffer);
  for (let word = 0; word * 4 < totals.length; word++) {
    const [key0, key1] = rowKey(seed, PURPOSE.simulate, tile * 8 + word);
    const own = totals.subarray(word * 4, word * 4 + 4);
    const whole = own.length === 4 && own.every((total) => total === 256);
    for (let row = 0, at = word; row < rows; row++, at += 8) {
      let draw = rowDraw(key0, key1, row);
      if (sparse) draw &= rotated(draw, 11) & rotated(draw, 19);
      words[at] = whole ? draw : scaled(draw, own);
    }
  }
  return bytes;
}

function rotated(x: number, n: number): number {
  return (x << n) | (x >>> (32 - n));
}

/** The four bytes of a draw, each brought below its cell's total. */
function scaled(draw: number, totals: Uint32Array): number {
  let word = 0;
  for (let k = 0; k < totals.length; k++) word |= ((((draw >>> (8 * k)) & 255) * totals[k]) >>> 8) << (8 * k);
  return word;
}

/** The rarest 5 % by a score of the first bytes are donors, by a score of the next ones acceptors; noise keeps trees from learning it all. */
function labelsOf(tile: Uint8Array, rows: number, cells: number, seed: number): Uint8Array {
  const own = Math.min(SIGNAL_BYTES, Math.max(1, Math.min(cells, TILE_CELLS) >> 1));
  const [key0, key1] = rowKey(seed, PURPOSE.simulate, 0x10000);
  const score = (row: number, first: number): number => {
    const at = row * TILE_CELLS + first;
    let sum = (rowDraw(key0, key1, row * 2 + (first > 0 ? 1 : 0)) >>> 16) / 48;
    for (let k = 0; k < own; k++) sum += (own - k) * tile[at + k];
    // Two of them together count for more than each alone.
    return tile[at] > 96 && tile[at + own - 1] > 96 ? sum + 600 : sum;
  };
  const sample = Array.from(
    { length: Math.min(rows, 65536) },
    (_, i) => Math.floor(i * rows / Math.min(rows, 65536)),
  );
  const threshold = (first: number): number => {
    const scores = Float64Array.from(sample, (row) => score(row, first)).sort();
    return scores[Math.min(scores.length - 1, Math.floor(scores.length * (1 - RARE)))];
  };
  const bounds = [threshold(0), threshold(own)];
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const donor = score(row, 0) - bounds[0];
    const acceptor = score(row, own) - bounds[1];
    if (Math.max(donor, acceptor) > 0) labels[row] = donor >= acceptor ? 1 : 2;
  }
  return labels;
}

/**
 * Lanes over the rows: up to three classes against the rest on all rows, or three a fold, whose own rows are set aside.
 * @throws Error for another number of lanes
 */
export function lanesOver(
  { labels, folds }: SimulatedRows,
  lanes: number,
  seed: number,
  parameters: GrowthParameters,
): Lane[] {
  if (lanes > 3 && (lanes % 3 !== 0 || lanes > 3 * FOLDS)) {
    throw new Error(
      `--lanes: expected 1 to 3 (classes on all rows) or 3 times 2 to ${FOLDS} (classes by folds), found ${lanes}`,
    );
  }
  const targets = CLASS_NAMES.map((_, code) => labels.map((label) => (label === code ? 1 : 0)));
  const all = new Uint8Array(labels.length).fill(ROLE_TRAIN);
  const roles = lanes <= 3 ? [all] : Array.from(
    { length: lanes / 3 },
    (_, fold) => folds.map((own) => (own === fold ? ROLE_ASIDE : ROLE_TRAIN)),
  );
  return roles.flatMap((role, fold) =>
    targets.slice(0, Math.min(3, lanes)).map((target, code) => ({
      name: lanes <= 3 ? CLASS_NAMES[code] : `fold ${fold} ${CLASS_NAMES[code]}`,
      target,
      role,
      weight: null,
      baseMargin: baseMarginOf(target, role, null, null),
      seed,
      parameters,
    }))
  );
}

/** Rows of the table that are put together at a time. */
const PIECE = 65536;

/** Writes x.npy (rows x features of f32: the bin numbers themselves), labels.npy and folds.npy (u8) into a folder. */
export async function writeTable(folder: string, { matrix, labels, folds }: SimulatedRows): Promise<void> {
  await Deno.writeFile(`${folder}/labels.npy`, joined(npyHead("|u1", [labels.length]), labels));
  await Deno.writeFile(`${folder}/folds.npy`, joined(npyHead("|u1", [folds.length]), folds));
  const { layout: { rows, columns }, tiles } = matrix;
  const file = await Deno.open(`${folder}/x.npy`, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  await writer.write(npyHead("<f4", [rows, columns.length]));
  for (let first = 0; first < rows; first += PIECE) {
    const count = Math.min(PIECE, rows - first);
    const piece = new Float32Array(count * columns.length);
    columns.forEach(({ cell, radix, bins }, c) => {
      const tile = tiles[Math.floor(cell / TILE_CELLS)];
      let at = first * TILE_CELLS + cell % TILE_CELLS;
      for (let i = c; i < piece.length; i += columns.length, at += TILE_CELLS) {
        piece[i] = Math.floor(tile[at] / radix) % bins;
      }
    });
    await writer.write(new Uint8Array(piece.buffer));
  }
  await writer.close();
}

/** The head of a file of numpy's format 1.0. */
function npyHead(type: string, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const head = new Uint8Array(length).fill(32);
  head.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, (length - 10) & 255, (length - 10) >> 8]);
  head.set(new TextEncoder().encode(text), 10);
  head[length - 1] = 10;
  return head;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
