// Integer gradients of the logistic loss. Twins: src/numerics/sigmoid.ts, src/numerics/gradient.ts.
#import f64
#import records

const PROBABILITY_ONE = 0x10000000u;
const MARGIN_CLAMP = 0xffffffu;
// Entries of the sigmoid's table; the softplus table follows it.
const TABLE_ENTRIES = 2049u;

fn magnitude_of(margin: i32) -> u32 {
  return select(u32(margin), 0u - u32(margin), margin < 0);
}

// Linear interpolation between two neighbours of a table.
fn interpolate(high: u32, low: u32, x: u32) -> u32 {
  return high - (((high - low) * (x & 8191u) + 4096u) >> 13u);
}

// x * weight >> 16, exactly; x at most 2^28, weight at most 2^16.
fn weighted(x: u32, weight: u32) -> u32 {
  let product = wide_mul(x, weight);
  return (product.x << 16u) | (product.y >> 16u);
}

struct FineGradient {
  // Units of 2^-28; the gradient's sign is minus for target 1.
  magnitude: u32,
  hessian: u32,
}

// `tail`: sigmoid(-|margin|) in units of 2^-28.
fn fine_gradient(margin: i32, tail: u32, info: u32) -> FineGradient {
  let half = tail >> 12u;
  let hessian = tail - ((half * half) >> 4u);
  let positive = (info & INFO_TARGET) != 0u;
  let magnitude = select(tail, PROBABILITY_ONE - tail, (margin < 0) == positive);
  let weight = info & INFO_WEIGHT;
  return FineGradient(weighted(magnitude, weight), weighted(hessian, weight));
}

// Rounded stochastically to multiples of 2^-bits, by the row's draw.
fn grid_units(x: u32, draw: u32, bits: u32) -> u32 {
  let shift = 28u - bits;
  return (x + (draw >> (32u - shift))) >> shift;
}
