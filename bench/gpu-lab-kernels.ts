/** The WGSL of bench/gpu-lab.ts: what a histogram is made of, each on its own, and histogram kernels that are not in shaders/ (yet). */
import type { Kernel } from "../src/gpu/kernel.ts";

/** Draws eight bytes a turn, 0 to BINS - 1 each; where SKEW is 1, a bit of a byte is set with probability 1/16 only. */
const DRAWS = `
override BINS = 256u;
override SKEW = 0u;
override TURNS = 64u;
fn next(x: vec2<u32>) -> vec2<u32> {
  let a = x ^ (x << vec2<u32>(13u));
  let b = a ^ (a >> vec2<u32>(17u));
  return b ^ (b << vec2<u32>(5u));
}
fn drawn(x: vec2<u32>) -> vec2<u32> {
  let rare = x & (x >> vec2<u32>(7u)) & (x << vec2<u32>(9u)) & ((x >> vec2<u32>(16u)) | (x << vec2<u32>(16u)));
  return select(x, rare, SKEW == 1u) & vec2<u32>((BINS - 1u) * 0x01010101u);
}
fn byte_of(words: vec2<u32>, k: u32) -> u32 {
  return (select(words.x, words.y, k >= 4u) >> ((k % 4u) * 8u)) & 255u;
}
@group(0) @binding(0) var<storage, read_write> result: array<u32>;`;

/** Additions into eight cells of 256 counters: COPIES of each counter, by thread; PAIR: a second addition; SKIP: none for byte 0. */
const ATOMICS = `${DRAWS}
override PAIR = 0u;
override COPIES = 1u;
override SKIP = 0u;
override COUNTERS = 2048u;
var<workgroup> counters: array<atomic<u32>, COUNTERS>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  var x = vec2<u32>(wid.x * 256u + lid + 1u) * vec2<u32>(0x9e3779b9u, 0x85ebca6bu);
  for (var i = 0u; i < TURNS; i++) {
    x = next(x);
    let words = drawn(x);
    for (var k = 0u; k < 8u; k++) {
      let byte = byte_of(words, k);
      if (SKIP == 0u || byte != 0u) {
        let at = k * 256u + byte * COPIES + lid % COPIES;
        if (PAIR == 1u) {
          atomicAdd(&counters[at * 2u], x.x & 127u);
          atomicAdd(&counters[at * 2u + 1u], x.y & 63u);
        } else {
          atomicAdd(&counters[at], x.x & 127u);
        }
      }
    }
  }
  workgroupBarrier();
  result[(wid.x * 256u + lid) % arrayLength(&result)] = atomicLoad(&counters[lid]);
}`;

/** The same into columns that a thread has for itself, (cell, byte, thread): plain additions; the workgroup takes 16 KiB. */
const COLUMNS = `${DRAWS}
override CELLS = 4u;
var<workgroup> columns: array<u32, 4096>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  var x = vec2<u32>(wid.x * 64u + lid + 1u) * vec2<u32>(0x9e3779b9u, 0x85ebca6bu);
  for (var i = 0u; i < TURNS; i++) {
    x = next(x);
    let words = drawn(x);
    for (var k = 0u; k < 8u; k++) {
      columns[((k % CELLS) * BINS + byte_of(words, k)) * 64u + lid] += x.x & 127u;
    }
  }
  workgroupBarrier();
  result[(wid.x * 64u + lid) % arrayLength(&result)] = columns[lid] + columns[4095u - lid];
}`;

/** Fetches WORDS words of each listed row of 8 words. */
const GATHER = `
override WORDS = 8u;
@group(0) @binding(0) var<storage, read> list: array<u32>;
@group(0) @binding(1) var<storage, read> bytes: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read_write> result: array<u32>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  var sum = vec2<u32>(0u, 0u);
  for (var i = 0u; i < 8u; i++) {
    let row = list[(wid.x * 8u + i) * 256u + lid];
    for (var k = 0u; k < WORDS / 2u; k++) {
      sum += bytes[row * 4u + k];
    }
  }
  result[(wid.x * 256u + lid) % arrayLength(&result)] = sum.x ^ sum.y;
}`;

const NOTHING = `
@group(0) @binding(0) var<storage, read_write> result: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lid: u32) {
  result[lid] = result[lid] + 1u;
}`;

/** As shaders/trees/histogram-packed.wgsl with two groups of cells a workgroup: the list is read half as often, and a thread owns 16 counters. */
const SIXTEEN = `
#import build
var<workgroup> counters: array<atomic<u32>, 4096>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  // Workgroup memory is full, so each thread looks its block up.
  let block = block_of(lane, wid.y);
  let place = (frame.first_group + wid.x * 2u) * GROUP_WORDS;
  let group = groups[place];
  let skipped = left_out(place);
  let skipped_next = left_out(place + GROUP_WORDS);
  var sums: array<vec2<i32>, 16>;
  // The same for all threads, as uniform control flow wants it.
  for (var from_row = 0u; from_row < BUILD_BLOCK; from_row += frame.flush_rows) {
    let end = min(from_row + frame.flush_rows, block.rows);
    for (var i = from_row + lid; i < end; i += 256u) {
      let at = list_at(lane, block.first + i);
      let row = list[at] - frame.first_row;
      if (row < frame.chunk_rows) {
        let packed = (list[at + 1u] << 15u) + list[at + 2u];
        let words = bytes_of(group, row);
        let next = bytes_of(group + 1u, row);
        for (var k = 0u; k < 8u; k++) {
          let byte = byte_at(words, k);
          if (byte != byte_at(skipped, k)) {
            atomicAdd(&counters[k * 256u + byte], packed);
          }
          let other = byte_at(next, k);
          if (other != byte_at(skipped_next, k)) {
            atomicAdd(&counters[(k + 8u) * 256u + other], packed);
          }
        }
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let packed = atomicLoad(&counters[k * 256u + lid]);
      if (packed != 0u) {
        let h = packed & 0x7fffu;
        sums[k] += vec2<i32>(i32(packed - h) >> 15u, i32(h));
        atomicStore(&counters[k * 256u + lid], 0u);
      }
    }
    workgroupBarrier();
  }
  for (var k = 0u; k < 16u; k++) {
    if (any(sums[k] != vec2<i32>(0, 0))) {
      let at = histogram_at(lane, block.slot, cell_at(group + k / 8u, k % 8u), lid);
      atomicAdd(&histograms[at], sums[k].x);
      atomicAdd(&histograms[at + 1u], sums[k].y);
    }
  }
}`;

/** As shaders/trees/histogram-private.wgsl, gradient and hessian in one addition: a thread sees 64 rows of a block, too few to overflow at up to 9 bits. */
const PRIVATE_PACKED = `
#import build
const THREADS = 64u;
// (cell of four, byte, thread).
var<workgroup> columns: array<u32, 4096>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  let block = block_of(lane, wid.y);
  let place = (frame.first_group + wid.x) * GROUP_WORDS;
  let group = groups[place];
  let skipped = left_out(place);
  for (var first = 0u; first < 8u; first += 4u) {
    let skipped_four = select(skipped.x, skipped.y, first == 4u);
    for (var i = lid; i < block.rows; i += THREADS) {
      let at = list_at(lane, block.first + i);
      let row = list[at] - frame.first_row;
      if (row < frame.chunk_rows) {
        let packed = (list[at + 1u] << 15u) + list[at + 2u];
        let words = bytes_of(group, row);
        let four = select(words.x, words.y, first == 4u);
        for (var k = 0u; k < 4u; k++) {
          let byte = (four >> (k * 8u)) & 255u;
          if (byte != ((skipped_four >> (k * 8u)) & 255u)) {
            columns[(k * 16u + (byte & 15u)) * THREADS + lid] += packed;
          }
        }
      }
    }
    workgroupBarrier();
    // A thread adds up the columns of one byte of one of the four cells; neighbours start apart.
    var sum = vec2<i32>(0, 0);
    for (var t = 0u; t < THREADS; t++) {
      let at = lid * THREADS + ((t + lid) & (THREADS - 1u));
      let packed = columns[at];
      let h = packed & 0x7fffu;
      sum += vec2<i32>(i32(packed - h) >> 15u, i32(h));
      columns[at] = 0u;
    }
    if (any(sum != vec2<i32>(0, 0))) {
      let to = histogram_at(lane, block.slot, cell_at(group, first + lid / 16u), lid & 15u);
      atomicAdd(&histograms[to], sum.x);
      atomicAdd(&histograms[to + 1u], sum.y);
    }
    workgroupBarrier();
  }
}`;

/** As shaders/trees/histogram-packed.wgsl for builds of few rows: straight into device memory, without counters to empty. */
const DIRECT = `
#import build
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let lane = wid.z;
  let block = block_of(lane, wid.y);
  let place = (frame.first_group + wid.x) * GROUP_WORDS;
  let group = groups[place];
  let skipped = left_out(place);
  // Eight threads a row, one for each cell.
  for (var i = lid; i < block.rows * 8u; i += 256u) {
    let at = list_at(lane, block.first + i / 8u);
    let row = list[at] - frame.first_row;
    if (row < frame.chunk_rows) {
      let k = i % 8u;
      let byte = byte_at(bytes_of(group, row), k);
      if (byte != byte_at(skipped, k)) {
        let to = histogram_at(lane, block.slot, cell_at(group, k), byte);
        atomicAdd(&histograms[to], i32(list[at + 1u]));
        atomicAdd(&histograms[to + 1u], i32(list[at + 2u]));
      }
    }
  }
}`;

const HISTOGRAM_BINDINGS = ["uniform", "read", "read", "read", "read", "read", "read", "write"] as const;

export const LAB_KERNELS = {
  atomics: { name: "atomics", source: ATOMICS, bindings: ["write"] },
  columns: { name: "columns", source: COLUMNS, bindings: ["write"] },
  gather: { name: "gather", source: GATHER, bindings: ["read", "read", "write"] },
  nothing: { name: "nothing", source: NOTHING, bindings: ["write"] },
  sixteen: { name: "histogram-sixteen", source: SIXTEEN, bindings: HISTOGRAM_BINDINGS },
  direct: { name: "histogram-direct", source: DIRECT, bindings: HISTOGRAM_BINDINGS },
  privatePacked: { name: "histogram-private-packed", source: PRIVATE_PACKED, bindings: HISTOGRAM_BINDINGS },
} as const satisfies Record<string, Kernel>;
