// As search, for adapters that compute on the CPU, where threads and barriers are costly: a thread takes a cell by itself, bin after bin, and
// once more where more than one split passes the sieve. Eight neighbouring cells a workgroup.
// Dispatch: (cells of the chunk, nodes, lanes); workgroups beyond an eighth of the cells have nothing to do.
#import cell
#import sieve

@group(0) @binding(7) var<storage, read_write> best: array<u32>;

// Where the sums of a cell's bytes are.
struct Bytes {
  own_at: u32,
  sibling_at: u32,
  // Whether the sibling's are still to be taken from them.
  subtract: bool,
  // The byte that is not counted, and its sums.
  left_out: u32,
  rest: vec2<i32>,
}

fn byte_sum(bytes: Bytes, byte: u32) -> vec2<i32> {
  if (byte == bytes.left_out) {
    return bytes.rest;
  }
  let at = bytes.own_at + byte * 2u;
  var sum = vec2<i32>(histograms[at], histograms[at + 1u]);
  if (bytes.subtract) {
    let sibling_at = bytes.sibling_at + byte * 2u;
    sum -= vec2<i32>(histograms[sibling_at], histograms[sibling_at + 1u]);
  }
  return sum;
}

// Adds the byte sums up, and keeps those got by subtraction where the next level wants them.
fn bytes_of_cell(cell: Cell) -> Bytes {
  let sibling = nodes[cell.node + NODE_SIBLING];
  let offset = cells[cell.at + 3u];
  let own_at = ((nodes[cell.node + NODE_SLOT] * frame.lanes + cell.lane) * frame.chunk_bins + offset) * 2u;
  let sibling_at = ((sibling * frame.lanes + cell.lane) * frame.chunk_bins + offset) * 2u;
  let counted = Bytes(own_at, sibling_at, sibling != NONE, NONE, vec2<i32>(0, 0));
  let kept = counted.subtract && frame.subtract_next != 0u;
  var total = vec2<i32>(0, 0);
  for (var byte = 0u; byte < cells[cell.at + 2u]; byte++) {
    let sum = byte_sum(counted, byte);
    total += sum;
    if (kept) {
      histograms[own_at + byte * 2u] = sum.x;
      histograms[own_at + byte * 2u + 1u] = sum.y;
    }
  }
  return Bytes(own_at, sibling_at, counted.subtract && !kept, cells[cell.at + 4u], vec2<i32>(cell.g, cell.h) - total);
}

// The column that entries belong to, and its sums as they are read from the lowest bin on.
struct Column {
  feature: u32,
  masked: bool,
  radix: u32,
  stride: u32,
  missing_bin: u32,
  missing: vec2<i32>,
  // Bins below and with the one at hand.
  below: vec2<i32>,
}

fn bin_sum(bytes: Bytes, bins: u32, column: Column, bin: u32) -> vec2<i32> {
  var sum = vec2<i32>(0, 0);
  for (var run = bin * column.radix; run < bins; run += column.stride) {
    for (var i = 0u; i < column.radix; i++) {
      sum += byte_sum(bytes, run + i);
    }
  }
  return sum;
}

fn column_of(cell: Cell, bytes: Bytes, entry: u32) -> Column {
  let at = cell.first_column + (entry >> 25u) * COLUMN_WORDS;
  let radix = (entry >> 8u) & 255u;
  var column: Column;
  column.feature = cells[at];
  column.masked = ((masks[cell.mask + column.feature / 32u] >> (column.feature % 32u)) & 1u) == 0u;
  column.radix = radix;
  column.stride = radix * ((entry >> 16u) & 511u);
  column.missing_bin = cells[at + 3u];
  if (column.missing_bin != NONE && !column.masked) {
    column.missing = bin_sum(bytes, cells[cell.at + 2u], column, column.missing_bin);
  }
  return column;
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  let index = frame.batch_first + wid.y;
  let place = wid.x * 8u + lid;
  if (place >= frame.chunk_cells || index >= state[lane * STATE_WORDS + STATE_NODES + (frame.level & 1u)]) {
    return;
  }
  let p = parameters[lane];
  let cell = cell_of(lane, index, place, p.mask_set);
  let bytes = bytes_of_cell(cell);
  let lambda = bitcast<f32>(p.lambda_approximate);
  var low = sieve_floor(cell.g, cell.h, lambda);
  // The highest bound of the split with the highest lower bound, and of all others.
  var high = -1.0;
  var others = -1.0;
  // Of what passes: least and greatest sums, and the lowest key.
  var least = vec2<i32>(0x7fffffff, 0x7fffffff);
  var most = vec2<i32>(-0x7fffffff, -0x7fffffff);
  var mine = Candidate(false, 0, 0, NONE);
  for (var turn = 0u; turn == 0u || (turn == 1u && others >= low); turn++) {
    if (turn == 1u) {
      mine.key = NONE;
    }
    var column: Column;
    for (var e = 0u; e < cell.entries; e++) {
      let entry = cells[cell.first_entry + e];
      let bin = entry & 255u;
      if (bin == 0u) {
        column = column_of(cell, bytes, entry);
      }
      if (!column.masked) {
        let sum = bin_sum(bytes, cells[cell.at + 2u], column, bin);
        column.below += sum;
        // Splits that part the rows just as one of a lower bin does, or as missing left does, are left out.
        let no_missing = all(column.missing == vec2<i32>(0, 0));
        let only_missing = bin == column.missing_bin;
        let repeats = select(bin > 0u && all(sum == vec2<i32>(0, 0)), no_missing, only_missing);
        let ways = select(select(2u, 1u, no_missing || only_missing), 0u, repeats);
        for (var right = 0u; right < ways; right++) {
          var left = column.below;
          if (only_missing) {
            left = column.missing;
          } else if (right == 0u) {
            left += column.missing;
          }
          if (left.y >= p.least && cell.h - left.y >= p.least) {
            let key = (column.feature << 10u) | (select(bin + 1u, 0u, only_missing) << 1u) | right;
            let c = Candidate(true, left.x, left.y, key);
            let bounds = sieve(c, cell.g, cell.h, lambda);
            if (turn == 0u) {
              others = max(others, select(bounds.y, high, bounds.x > low));
              if (bounds.x > low) {
                low = bounds.x;
                high = bounds.y;
                least = left;
                most = left;
                mine = c;
              }
            } else if (bounds.y >= low) {
              high = max(high, bounds.y);
              least = min(least, left);
              most = max(most, left);
              if (key < mine.key) {
                mine = c;
              }
            }
          }
        }
      }
    }
  }
  let at = ((lane * frame.batch_size + wid.y) * frame.cells + frame.first_cell + place) * BEST_WORDS;
  if (mine.key == NONE) {
    best[at] = NONE;
    best[at + 3u] = 0u;
    best[at + 4u] = 0u;
  } else {
    best[at] = select(mine.key, mine.key | UNCLEAR, any(least != most));
    best[at + 1u] = u32(mine.gl);
    best[at + 2u] = u32(mine.hl);
    best[at + 3u] = bitcast<u32>(low);
    best[at + 4u] = bitcast<u32>(high);
  }
}
