// Exclusive prefix sums over the 256 threads of a workgroup. Call in uniform control flow.

var<workgroup> scan_values: array<u32, 256>;

struct Scan {
  before: u32,
  total: u32,
}

fn scan(value: u32, lid: u32) -> Scan {
  scan_values[lid] = value;
  workgroupBarrier();
  for (var step = 1u; step < 256u; step = step << 1u) {
    var own = scan_values[lid];
    if (lid >= step) {
      own += scan_values[lid - step];
    }
    workgroupBarrier();
    scan_values[lid] = own;
    workgroupBarrier();
  }
  let result = Scan(scan_values[lid] - value, scan_values[255]);
  workgroupBarrier();
  return result;
}

// A bit a thread.
var<workgroup> scan_flags: array<atomic<u32>, 8>;

// How many threads before this one, and in all, have a flag: three barriers in place of seventeen.
fn count_flags(flag: bool, lid: u32) -> Scan {
  if (lid < 8u) {
    atomicStore(&scan_flags[lid], 0u);
  }
  workgroupBarrier();
  if (flag) {
    atomicOr(&scan_flags[lid / 32u], 1u << (lid % 32u));
  }
  workgroupBarrier();
  var result = Scan(countOneBits(atomicLoad(&scan_flags[lid / 32u]) & ((1u << (lid % 32u)) - 1u)), 0u);
  for (var word = 0u; word < 8u; word++) {
    let flags = countOneBits(atomicLoad(&scan_flags[word]));
    result.total += flags;
    if (word < lid / 32u) {
      result.before += flags;
    }
  }
  workgroupBarrier();
  return result;
}
