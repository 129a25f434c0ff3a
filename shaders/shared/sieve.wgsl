// Bounds of what a split is worth, in f32.
#import f64
#import cell

// Bounds of d^2 / (l r) with l = HL + lambda, r = HR + lambda, d = GL r - GR l = GL H - G HL + lambda (2 GL - G), times 2^-64. Because
// GL^2 / l + GR^2 / r = G^2 / (l + r) + d^2 / (l r (l + r)), this is in the order of the gains, and free of their cancellation: the difference
// of products is made in integers. The bounds allow 2^-20 of the two parts of d for its roundings (fewer than six of at most 2^-23 each), 2^-18
// of the rest (fewer than ten of at most 2.5 * 2^-23), and what the canonical gain itself may be off: six roundings of 2^-53 of
// GL^2 / l + GR^2 / r, which is (G^2 + d^2 / (l r)) / (l + r).
fn sieve(c: Candidate, g: i32, h: i32, lambda: f32) -> vec2<f32> {
  let difference = wide_sub(signed_mul(c.gl, h), signed_mul(g, c.hl));
  let negative = (difference.x & SIGN_BIT) != 0u;
  let magnitude = select(difference, wide_sub(vec2<u32>(0u, 0u), difference), negative);
  let whole = f32(magnitude.x) + f32(magnitude.y) * 0x1p-32f;
  let scaled = lambda * 0x1p-32f;
  let rest = scaled * (2.0 * f32(c.gl) - f32(g));
  let d = abs(select(whole, -whole, negative) + rest);
  let slack = 0x1p-20f * (whole + scaled * (2.0 * abs(f32(c.gl)) + abs(f32(g))));
  let l = f32(c.hl) + lambda;
  let r = f32(h - c.hl) + lambda;
  let least = max(d - slack, 0.0);
  let most = d + slack;
  let low = (least / l) * (least / r) * (1.0 - 0x1p-18f);
  let high = (most / l) * (most / r) * (1.0 + 0x1p-18f);
  let noise = square_of(g) * CANONICAL_NOISE;
  return vec2<f32>(max(low - noise, 0.0), high + noise);
}

const CANONICAL_NOISE = 0x1p-48f;

// g^2 times 2^-64.
fn square_of(g: i32) -> f32 {
  let scaled = f32(g) * 0x1p-32f;
  return scaled * scaled;
}

// x * y, y not negative, as a two's complement 64-bit integer.
fn signed_mul(x: i32, y: i32) -> vec2<u32> {
  let product = wide_mul(u32(x), u32(y));
  return vec2<u32>(product.x - select(0u, u32(y), x < 0), product.y);
}

// Below this, no split of the node has a positive gain: G^2 lambda / (H + lambda), times 2^-64.
fn sieve_floor(g: i32, h: i32, lambda: f32) -> f32 {
  let square = square_of(g);
  return max(square * (lambda / (f32(h) + lambda)) * (1.0 - 0x1p-18f) - square * CANONICAL_NOISE, 0.0);
}
