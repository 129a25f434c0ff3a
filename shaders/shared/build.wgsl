// What the histogram kernels have in common: which rows of which histogram a workgroup counts.
#import records

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read> builds: array<u32>;
@group(0) @binding(3) var<storage, read> groups: array<u32>;
@group(0) @binding(4) var<storage, read> list: array<u32>;
@group(0) @binding(5) var<storage, read> bytes: array<u32>;
@group(0) @binding(6) var<storage, read> cells: array<u32>;
@group(0) @binding(7) var<storage, read_write> histograms: array<atomic<i32>>;

struct Block {
  // Rows of the lane's list; none: nothing to do.
  first: u32,
  rows: u32,
  slot: u32,
}

fn block_of(lane: u32, block: u32) -> Block {
  let s = lane * STATE_WORDS;
  if (block >= state[s + STATE_BUILD_BLOCKS]) {
    return Block(0u, 0u, 0u);
  }
  // The last build whose first block is not above this one.
  let base = lane * frame.max_width * BUILD_WORDS;
  var low = 0u;
  var high = state[s + STATE_BUILDS] - 1u;
  while (low < high) {
    let middle = (low + high + 1u) / 2u;
    if (builds[base + middle * BUILD_WORDS + 3u] <= block) {
      low = middle;
    } else {
      high = middle - 1u;
    }
  }
  if (low < frame.batch_first || low - frame.batch_first >= frame.batch_size) {
    return Block(0u, 0u, 0u);
  }
  let at = base + low * BUILD_WORDS;
  let skipped = (block - builds[at + 3u]) * BUILD_BLOCK;
  return Block(builds[at] + skipped, min(BUILD_BLOCK, builds[at + 1u] - skipped), builds[at + 2u]);
}

fn list_at(lane: u32, position: u32) -> u32 {
  return (lane * frame.rows + position) * LIST_WORDS;
}

// The eight bytes of a group in a row of the chunk.
fn bytes_of(group: u32, row: u32) -> vec2<u32> {
  let at = ((group / 4u) * frame.chunk_rows + row) * TILE_WORDS + (group % 4u) * 2u;
  return vec2<u32>(bytes[at], bytes[at + 1u]);
}

// The bytes of a group's cells that are left out, packed as a row's.
fn left_out(place: u32) -> vec2<u32> {
  return vec2<u32>(groups[place + 1u], groups[place + 2u]);
}

fn byte_at(words: vec2<u32>, k: u32) -> u32 {
  return (select(words.x, words.y, k >= 4u) >> ((k % 4u) * 8u)) & 255u;
}

fn cell_at(group: u32, k: u32) -> u32 {
  return TABLE_HEAD + (frame.first_cell + group * 8u + k) * CELL_WORDS;
}

// Where the sums of a byte of a cell lie: gradient, then hessian.
fn histogram_at(lane: u32, slot: u32, cell: u32, byte: u32) -> u32 {
  return ((slot * frame.lanes + lane) * frame.chunk_bins + cells[cell + 3u] + byte) * 2u;
}
