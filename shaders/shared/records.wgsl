// Records shared by the tree kernels and their twins; must be kept in sync with src/gpu/records.ts. All words are u32 unless said otherwise.

// What a dispatch works on.
struct Frame {
  // Rows of the matrix, lanes trained together, features, cells (bytes a row).
  rows: u32,
  lanes: u32,
  columns: u32,
  cells: u32,
  // Depth of the nodes at hand, and whether no deeper ones follow.
  level: u32,
  last: u32,
  // Room of a lane: nodes a level, nodes a tree, blocks of rows.
  max_width: u32,
  max_nodes: u32,
  max_blocks: u32,
  // Histograms of a lane, and whether the level after this one keeps them so that siblings can be got by subtraction.
  slots: u32,
  subtract_next: u32,
  // Nodes of the level that this dispatch builds and searches.
  batch_first: u32,
  batch_size: u32,
  // The chunk of the matrix: which of them, its first tile and row, tiles and rows, first cell, cells, histogram entries a slot.
  chunk: u32,
  first_tile: u32,
  tiles: u32,
  first_row: u32,
  chunk_rows: u32,
  first_cell: u32,
  chunk_cells: u32,
  chunk_bins: u32,
  // Groups of eight cells that this dispatch counts: offset into the list of groups.
  first_group: u32,
  // Rows between two flushes of packed counters.
  flush_rows: u32,
  // Rounds that keys, masks and records have room for.
  ring: u32,
  // Words of a mask over columns; strides of the masks by round, set and level (0: all the same); whether each node has its own.
  mask_words: u32,
  mask_round: u32,
  mask_set: u32,
  mask_level: u32,
  node_masks: u32,
  // Interaction groups.
  groups: u32,
  // Chunks, levels: the layout of the indirect arguments.
  chunks: u32,
  levels: u32,
}

// A lane's parameters. Doubles are (high, low).
struct LaneParameters {
  // Width of the gradient grid; flags below; least hessian of a child; most edges of a path.
  bits: u32,
  flags: u32,
  least: i32,
  depth: u32,
  // Rows are sampled where draw < threshold; which masks over columns; seed.
  threshold: u32,
  mask_set: u32,
  seed_low: u32,
  seed_high: u32,
  // In units of the gradient grid.
  lambda: vec2<u32>,
  alpha: vec2<u32>,
  step: vec2<u32>,
  min_gain: vec2<u32>,
  gamma: vec2<u32>,
  // Real.
  leaf_lambda: vec2<u32>,
  leaf_alpha: vec2<u32>,
  learning_rate: vec2<u32>,
  // Fine sums are multiples of 2^fine_exponent.
  fine_exponent: i32,
  // lambda as f32 bits, for the sieve.
  lambda_approximate: u32,
}

const FLAG_LIMITED = 1u;
const FLAG_ALL_ROWS = 2u;

// A row of a lane: weight (17 bits, units of 2^-16), target, role.
const INFO_WEIGHT = 0x1ffffu;
const INFO_TARGET = 0x20000u;
const INFO_ROLE_SHIFT = 18u;
const ROLE_TRAIN = 1u;
const ROLE_VALIDATION = 2u;

// State of a lane, 16 words.
const STATE_WORDS = 16u;
const STATE_ROUND = 0u;
const STATE_ACTIVE = 1u;
// Rows with gradients; their sums (i32).
const STATE_LISTED = 2u;
const STATE_G = 3u;
const STATE_H = 4u;
// Nodes of the tree; histograms to build, and their blocks.
const STATE_TREE = 5u;
const STATE_BUILDS = 6u;
const STATE_BUILD_BLOCKS = 7u;
// Nodes of a level and their blocks, by parity of the level.
const STATE_NODES = 8u;
const STATE_BLOCKS = 10u;
// What leaf values are multiplied by when they are added to the margins: 1, or -1 when a tree is taken back, or 0.
const STATE_SIGN = 12u;

// A node of a level, 16 words.
const NODE_WORDS = 16u;
const NODE_ID = 0u;
const NODE_START = 1u;
const NODE_COUNT = 2u;
const NODE_G = 3u;
const NODE_H = 4u;
// Its histogram; SIBLING: NONE, or the slot of the histogram to take from it first.
const NODE_SLOT = 5u;
const NODE_SIBLING = 6u;
const NODE_FIRST_BLOCK = 7u;
const NODE_ACCEPTED = 8u;
// Of the accepted split's feature: -1, 0 or 1.
const NODE_DIRECTION = 9u;
// Doubles: where its children's weights meet, bounds of its weight.
const NODE_MIDDLE = 10u;
const NODE_LOWER = 12u;
const NODE_UPPER = 14u;
const NONE = 0xffffffffu;

// A histogram to build from rows, 4 words: first row of the list, rows, slot, first block.
const BUILD_WORDS = 4u;

// A node of a tree, 20 words. LEFT is 0 at a leaf. MASK: a bit for each value of the cell's byte, 1 goes right.
const TREE_WORDS = 20u;
const TREE_CELL = 0u;
const TREE_LEFT = 1u;
const TREE_MASK = 2u;
// column << 10 | (bin + 1) << 1 | missing right (columns stay below 2^21); sums of the node and of its left side (i32).
const TREE_KEY = 10u;
const TREE_G = 11u;
const TREE_H = 12u;
const TREE_GL = 13u;
const TREE_HL = 14u;
const TREE_LOWER = 16u;
const TREE_UPPER = 18u;

// What is read back of a tree's node, 12 words: key, left, G, H, GL, HL, fine sums (high, low each), value.
const RECORD_WORDS = 12u;

// The best split of a node in a cell, 5 words: key (NONE: none), GL, HL, bounds of the sieve (f32 bits).
// Set in the key where the sieve left several splits of the cell.
const UNCLEAR = 0x80000000u;
const BEST_WORDS = 5u;

// The table of the cells begins with three words: where the entries, the column records and the records of features begin. Then follow
// - the cells, 6 words each, up to a whole number of tiles: first entry, entries, bins of the cell, its histogram's offset in the chunk, most
//   frequent byte, first column record;
// - the entries, a word each (a bin of a column of two bins at least, by cell and column): bin, radix << 8, bins << 16, column's
//   place in its cell << 25;
// - the column records, 6 words each, by cell: feature, radix, bins, missing bin or NONE, its first entry among the cell's, cell;
// - the record of each feature, a word each (NONE: a column of one bin).
const TABLE_HEAD = 3u;
const CELL_WORDS = 6u;
const COLUMN_WORDS = 6u;

// A group of eight cells, 3 words: its place among those of the tile range, the bytes of its cells that histograms leave out.
const GROUP_WORDS = 3u;

// Rows of a block, by kernel.
const ROW_BLOCK = 2048u;
const BUILD_BLOCK = 4096u;
// Words of a row in a list: row, g, h.
const LIST_WORDS = 3u;
// Words of a row in a tile.
const TILE_WORDS = 8u;

// Indirect arguments of a level, 3 words each: with and without atomics the histograms of each chunk, then its searches; choice; partition.
fn args_a_level(chunks: u32) -> u32 {
  return 3u * chunks + 2u;
}

fn args_histogram(chunks: u32, level: u32, chunk: u32) -> u32 {
  return (level * args_a_level(chunks) + chunk) * 3u;
}

fn args_private(chunks: u32, level: u32, chunk: u32) -> u32 {
  return (level * args_a_level(chunks) + chunks + chunk) * 3u;
}

fn args_search(chunks: u32, level: u32, chunk: u32) -> u32 {
  return (level * args_a_level(chunks) + 2u * chunks + chunk) * 3u;
}

fn args_choose(chunks: u32, level: u32) -> u32 {
  return (level * args_a_level(chunks) + 3u * chunks) * 3u;
}

fn args_partition(chunks: u32, level: u32) -> u32 {
  return (level * args_a_level(chunks) + 3u * chunks + 1u) * 3u;
}

fn blocks_of(rows: u32, block: u32) -> u32 {
  return (rows + block - 1u) / block;
}
