// The counter-based generator. Twin: src/numerics/random.ts.
#import f64

fn mix(x: u32) -> u32 {
  var y = (x ^ (x >> 16u)) * 0x21f0aaadu;
  y = (y ^ (y >> 15u)) * 0xd35a2d97u;
  return y ^ (y >> 15u);
}

// The u32 drawn for a row under a key.
fn row_draw(key0: u32, key1: u32, row: u32) -> u32 {
  return mix(mix(row ^ key0) + key1);
}

// Philox4x32-10 (Salmon et al., SC 2011).
fn philox(key: vec2<u32>, counter: vec4<u32>) -> vec4<u32> {
  var c = counter;
  var k = key;
  for (var round = 0u; round < 10u; round++) {
    let a = wide_mul(0xd2511f53u, c.x);
    let b = wide_mul(0xcd9e8d57u, c.z);
    c = vec4<u32>(b.x ^ c.y ^ k.x, b.y, a.x ^ c.w ^ k.y, a.y);
    k = k + vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}
