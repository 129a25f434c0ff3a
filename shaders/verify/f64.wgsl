// Every operation of shared/f64.wgsl on pairs of doubles, for verifyGpu. One thread a pair.
//   pairs    (pair) of two Doubles a, b
//   results  (pair, RESULTS): a + b, a - b, a * b, a / b, min, max, (a < b, floor of a), a's bits as an i64, a's high word as an i32, a * 2^-1
// Dispatch: (pairs / 64, 1, 1).
#import f64

@group(0) @binding(0) var<storage, read> pairs: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> results: array<vec2<u32>>;

const RESULTS = 10u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  if (thread.x >= arrayLength(&pairs)) {
    return;
  }
  let a = pairs[thread.x].xy;
  let b = pairs[thread.x].zw;
  let at = thread.x * RESULTS;
  results[at] = double_add(a, b);
  results[at + 1u] = double_sub(a, b);
  results[at + 2u] = double_mul(a, b);
  // The kernels never divide by zero.
  results[at + 3u] = double_div(a, select(b, DOUBLE_TWO, double_is_zero(b)));
  results[at + 4u] = double_min(a, b);
  results[at + 5u] = double_max(a, b);
  results[at + 6u] = vec2<u32>(select(0u, 1u, double_less(a, b)), u32(double_floor(a)));
  results[at + 7u] = double_of_i64(a);
  results[at + 8u] = double_of_i32(i32(a.x));
  results[at + 9u] = double_scale(a, -1);
}
