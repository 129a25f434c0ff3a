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
