// IEEE 754 double precision in integers: WGSL has no f64, and its f32 results depend on the driver. Rounds to nearest, ties to even, as the
// host does. Results below the normal range become zero: the engine admits no parameters that could lead there.
// A Double is (high word, low word). A wide number is an unsigned 64-bit integer, also (high, low).

alias Double = vec2<u32>;

const DOUBLE_ZERO = vec2<u32>(0u, 0u);
const DOUBLE_HALF = vec2<u32>(0x3fe00000u, 0u);
const DOUBLE_TWO = vec2<u32>(0x40000000u, 0u);
const DOUBLE_INFINITY = vec2<u32>(0x7ff00000u, 0u);
const DOUBLE_MINUS_INFINITY = vec2<u32>(0xfff00000u, 0u);
const SIGN_BIT = 0x80000000u;

fn wide_add(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.y + b.y;
  return vec2<u32>(a.x + b.x + select(0u, 1u, low < a.y), low);
}

fn wide_sub(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return vec2<u32>(a.x - b.x - select(0u, 1u, a.y < b.y), a.y - b.y);
}

fn wide_less(a: vec2<u32>, b: vec2<u32>) -> bool {
  return a.x < b.x || (a.x == b.x && a.y < b.y);
}

// 32 x 32 bits to 64.
fn wide_mul(a: u32, b: u32) -> vec2<u32> {
  let low_low = (a & 0xffffu) * (b & 0xffffu);
  let low_high = (a & 0xffffu) * (b >> 16u);
  let high_low = (a >> 16u) * (b & 0xffffu);
  let middle = (low_low >> 16u) + (low_high & 0xffffu) + (high_low & 0xffffu);
  return vec2<u32>((a >> 16u) * (b >> 16u) + (low_high >> 16u) + (high_low >> 16u) + (middle >> 16u), a * b);
}

// a << n, n < 64.
fn wide_shl(a: vec2<u32>, n: u32) -> vec2<u32> {
  if (n == 0u) {
    return a;
  }
  if (n < 32u) {
    return vec2<u32>((a.x << n) | (a.y >> (32u - n)), a.y << n);
  }
  return vec2<u32>(a.y << (n - 32u), 0u);
}

// a >> n; bit 0 also says whether any bit was lost.
fn wide_shr_sticky(a: vec2<u32>, n: u32) -> vec2<u32> {
  if (n == 0u) {
    return a;
  }
  var result = vec2<u32>(0u, 0u);
  var lost = 0u;
  if (n < 32u) {
    result = vec2<u32>(a.x >> n, (a.y >> n) | (a.x << (32u - n)));
    lost = a.y << (32u - n);
  } else if (n == 32u) {
    result = vec2<u32>(0u, a.x);
    lost = a.y;
  } else if (n < 64u) {
    result = vec2<u32>(0u, a.x >> (n - 32u));
    lost = a.y | (a.x << (64u - n));
  } else {
    lost = a.x | a.y;
  }
  return vec2<u32>(result.x, result.y | select(0u, 1u, lost != 0u));
}

fn wide_leading_zeros(a: vec2<u32>) -> u32 {
  return select(countLeadingZeros(a.x), 32u + countLeadingZeros(a.y), a.x == 0u);
}

// The double nearest to m / 2^63 * 2^(exponent - 1023); bit 63 of m is set, its bit 0 is sticky.
fn double_pack(sign: u32, exponent: i32, m: vec2<u32>) -> Double {
  var mantissa = vec2<u32>(m.x >> 11u, (m.x << 21u) | (m.y >> 11u));
  let rest = m.y & 0x7ffu;
  if (rest > 0x400u || (rest == 0x400u && (mantissa.y & 1u) == 1u)) {
    mantissa = wide_add(mantissa, vec2<u32>(0u, 1u));
  }
  if (exponent <= 0) {
    return vec2<u32>(sign, 0u);
  }
  // A carry out of the mantissa adds one to the exponent.
  let high = (u32(exponent) << 20u) + (mantissa.x - 0x100000u);
  if (exponent >= 0x7ff || high >= 0x7ff00000u) {
    return vec2<u32>(sign | 0x7ff00000u, 0u);
  }
  return vec2<u32>(sign | high, mantissa.y);
}

fn double_exponent(a: Double) -> i32 {
  return i32((a.x >> 20u) & 0x7ffu);
}

fn double_mantissa(a: Double) -> vec2<u32> {
  return vec2<u32>((a.x & 0xfffffu) | 0x100000u, a.y);
}

fn double_is_zero(a: Double) -> bool {
  return ((a.x & 0x7fffffffu) | a.y) == 0u;
}

fn double_negate(a: Double) -> Double {
  return vec2<u32>(a.x ^ SIGN_BIT, a.y);
}

fn double_abs(a: Double) -> Double {
  return vec2<u32>(a.x & 0x7fffffffu, a.y);
}

fn double_add(a: Double, b: Double) -> Double {
  if (double_is_zero(b)) {
    // A sum of zeros is negative where both are.
    return select(a, vec2<u32>(a.x & b.x, 0u), double_is_zero(a));
  }
  if (double_is_zero(a)) {
    return b;
  }
  let swap = wide_less(double_abs(a), double_abs(b));
  let big = select(a, b, swap);
  let small = select(b, a, swap);
  let exponent = double_exponent(big);
  let sign = big.x & SIGN_BIT;
  if (exponent == 0x7ff) {
    return big;
  }
  let m_big = wide_shl(double_mantissa(big), 10u);
  let m_small = wide_shr_sticky(wide_shl(double_mantissa(small), 10u), u32(exponent - double_exponent(small)));
  if (((a.x ^ b.x) & SIGN_BIT) == 0u) {
    let sum = wide_add(m_big, m_small);
    if ((sum.x & SIGN_BIT) != 0u) {
      return double_pack(sign, exponent + 1, sum);
    }
    return double_pack(sign, exponent, wide_shl(sum, 1u));
  }
  let difference = wide_sub(m_big, m_small);
  if ((difference.x | difference.y) == 0u) {
    return DOUBLE_ZERO;
  }
  let zeros = wide_leading_zeros(difference);
  return double_pack(sign, exponent + 1 - i32(zeros), wide_shl(difference, zeros));
}

fn double_sub(a: Double, b: Double) -> Double {
  return double_add(a, double_negate(b));
}

fn double_mul(a: Double, b: Double) -> Double {
  let sign = (a.x ^ b.x) & SIGN_BIT;
  if (double_is_zero(a) || double_is_zero(b)) {
    return vec2<u32>(sign, 0u);
  }
  let m = wide_shl(double_mantissa(a), 11u);
  let n = wide_shl(double_mantissa(b), 11u);
  let high_high = wide_mul(m.x, n.x);
  let high_low = wide_mul(m.x, n.y);
  let low_high = wide_mul(m.y, n.x);
  let low_low = wide_mul(m.y, n.y);
  let part = low_low.x + high_low.y;
  let middle = part + low_high.y;
  let carry = select(0u, 1u, part < low_low.x) + select(0u, 1u, middle < part);
  var high = wide_add(high_high, vec2<u32>(0u, high_low.x));
  high = wide_add(high, vec2<u32>(0u, low_high.x));
  high = wide_add(high, vec2<u32>(0u, carry));
  high.y = high.y | select(0u, 1u, (middle | low_low.y) != 0u);
  let exponent = double_exponent(a) + double_exponent(b) - 1023;
  if ((high.x & SIGN_BIT) != 0u) {
    return double_pack(sign, exponent + 1, high);
  }
  return double_pack(sign, exponent, wide_shl(high, 1u));
}

// a / b, b not zero. Long division in digits of 16 bits (Knuth, TAOCP 2, 4.3.1 D).
fn double_div(a: Double, b: Double) -> Double {
  let sign = (a.x ^ b.x) & SIGN_BIT;
  if (double_is_zero(a)) {
    return vec2<u32>(sign, 0u);
  }
  var rest = wide_shl(double_mantissa(a), 11u);
  let divisor = wide_shl(double_mantissa(b), 11u);
  let exponent = double_exponent(a) - double_exponent(b) + 1023;
  let whole = !wide_less(rest, divisor);
  if (whole) {
    rest = wide_sub(rest, divisor);
  }
  var fraction = vec2<u32>(0u, 0u);
  for (var i = 0u; i < 4u; i++) {
    var digit = min(rest.x / (divisor.x >> 16u), 0xffffu);
    // digit * divisor: 80 bits as (top, middle, low).
    let p0 = wide_mul(digit, divisor.y);
    let p1 = wide_mul(digit, divisor.x);
    let middle = p1.y + p0.x;
    let top = p1.x + select(0u, 1u, middle < p1.y);
    // rest * 2^16 less it; the top word tells the sign.
    let low_rest = rest.y << 16u;
    let middle_rest = (rest.x << 16u) | (rest.y >> 16u);
    let top_rest = rest.x >> 16u;
    let low = low_rest - p0.y;
    let borrow_low = select(0u, 1u, low_rest < p0.y);
    let middle_difference = middle_rest - middle;
    let next_middle = middle_difference - borrow_low;
    let borrow_middle = select(0u, 1u, middle_rest < middle) + select(0u, 1u, middle_difference < borrow_low);
    var next_top = top_rest - top - borrow_middle;
    var next = vec2<u32>(next_middle, low);
    for (var k = 0u; k < 2u; k++) {
      if ((next_top & SIGN_BIT) != 0u) {
        let sum = wide_add(next, divisor);
        next_top = next_top + select(0u, 1u, wide_less(sum, next));
        next = sum;
        digit = digit - 1u;
      }
    }
    rest = next;
    fraction = vec2<u32>((fraction.x << 16u) | (fraction.y >> 16u), (fraction.y << 16u) | digit);
  }
  let sticky = select(0u, 1u, (rest.x | rest.y) != 0u);
  if (whole) {
    let m = vec2<u32>(SIGN_BIT | (fraction.x >> 1u), (fraction.x << 31u) | (fraction.y >> 1u) | (fraction.y & 1u) | sticky);
    return double_pack(sign, exponent, m);
  }
  return double_pack(sign, exponent - 1, vec2<u32>(fraction.x, fraction.y | sticky));
}

fn double_of_wide(sign: u32, magnitude: vec2<u32>) -> Double {
  if ((magnitude.x | magnitude.y) == 0u) {
    return DOUBLE_ZERO;
  }
  let zeros = wide_leading_zeros(magnitude);
  return double_pack(sign, 1086 - i32(zeros), wide_shl(magnitude, zeros));
}

fn double_of_i32(x: i32) -> Double {
  return double_of_wide(u32(x) & SIGN_BIT, vec2<u32>(0u, select(u32(x), 0u - u32(x), x < 0)));
}

// A two's complement 64-bit integer.
fn double_of_i64(x: vec2<u32>) -> Double {
  if ((x.x & SIGN_BIT) == 0u) {
    return double_of_wide(0u, x);
  }
  return double_of_wide(SIGN_BIT, wide_sub(vec2<u32>(0u, 0u), x));
}

// a * 2^n; the result must be normal.
fn double_scale(a: Double, n: i32) -> Double {
  if (double_is_zero(a)) {
    return a;
  }
  return vec2<u32>(a.x + (u32(n) << 20u), a.y);
}

// a < b; infinities are in order, both zeros are equal, no NaN.
fn double_less(a: Double, b: Double) -> bool {
  if (double_is_zero(a) && double_is_zero(b)) {
    return false;
  }
  let a_negative = (a.x & SIGN_BIT) != 0u;
  let b_negative = (b.x & SIGN_BIT) != 0u;
  if (a_negative != b_negative) {
    return a_negative;
  }
  return select(wide_less(a, b), wide_less(b, a), a_negative);
}

// Bits in the order of the numbers, -0 below 0.
fn double_order(a: Double) -> vec2<u32> {
  return select(vec2<u32>(a.x ^ SIGN_BIT, a.y), ~a, (a.x & SIGN_BIT) != 0u);
}

fn double_min(a: Double, b: Double) -> Double {
  return select(a, b, wide_less(double_order(b), double_order(a)));
}

fn double_max(a: Double, b: Double) -> Double {
  return select(a, b, wide_less(double_order(a), double_order(b)));
}

// The largest integer not above a, within +-(2^31 - 1).
fn double_floor(a: Double) -> i32 {
  if (double_is_zero(a)) {
    return 0;
  }
  let negative = (a.x & SIGN_BIT) != 0u;
  let exponent = double_exponent(a) - 1023;
  if (exponent >= 31) {
    return select(0x7fffffff, -0x7fffffff, negative);
  }
  if (exponent < 0) {
    return select(0, -1, negative);
  }
  // Integer part in the high word: bit 63 of the aligned mantissa has weight 2^exponent.
  let m = wide_shl(double_mantissa(a), 11u);
  let integer = m.x >> (31u - u32(exponent));
  let fraction = (m.x & ((1u << (31u - u32(exponent))) - 1u)) | m.y;
  if (!negative) {
    return i32(integer);
  }
  return max(-i32(integer) - select(0, 1, fraction != 0u), -0x7fffffff);
}
