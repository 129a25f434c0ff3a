// The canonical gain and leaf value. Twin: src/numerics/gain.ts, expression by expression.
#import f64

struct Regularisation {
  lambda: Double,
  alpha: Double,
  // 0: no limit.
  step: Double,
}

fn soft_threshold(gradient: Double, alpha: Double) -> Double {
  if (double_less(alpha, gradient)) {
    return double_sub(gradient, alpha);
  }
  if (double_less(gradient, double_negate(alpha))) {
    return double_add(gradient, alpha);
  }
  return DOUBLE_ZERO;
}

fn node_weight(gradient: Double, hessian: Double, r: Regularisation, lower: Double, upper: Double) -> Double {
  let denominator = double_add(hessian, r.lambda);
  if (!double_less(DOUBLE_ZERO, denominator)) {
    return double_min(double_max(DOUBLE_ZERO, lower), upper);
  }
  var weight = double_div(double_negate(soft_threshold(gradient, r.alpha)), denominator);
  if (double_less(DOUBLE_ZERO, r.step)) {
    weight = double_min(double_max(weight, double_negate(r.step)), r.step);
  }
  return double_min(double_max(weight, lower), upper);
}

fn free_score(gradient: Double, hessian: Double, r: Regularisation) -> Double {
  let denominator = double_add(hessian, r.lambda);
  if (!double_less(DOUBLE_ZERO, denominator)) {
    return DOUBLE_ZERO;
  }
  let t = soft_threshold(gradient, r.alpha);
  return double_div(double_mul(t, t), denominator);
}

// -(2 G w + (H + lambda) w^2 + 2 alpha |w|), in the order of the host.
fn score_at(weight: Double, gradient: Double, hessian: Double, r: Regularisation) -> Double {
  let linear = double_mul(double_mul(DOUBLE_TWO, gradient), weight);
  let square = double_mul(double_mul(double_add(hessian, r.lambda), weight), weight);
  let absolute = double_mul(double_mul(DOUBLE_TWO, r.alpha), double_abs(weight));
  return double_negate(double_add(double_add(linear, square), absolute));
}

// A node as a split of it is judged: sums, regularisation, whether weights are limited (max_delta_step, monotone constraints), their bounds.
struct Judged {
  g: i32,
  h: i32,
  r: Regularisation,
  limited: bool,
  lower: Double,
  upper: Double,
}

struct Gain {
  // Zero where the split is forbidden or gains nothing.
  gain: Double,
  // Weights of the sides; zero where they are not limited.
  left: Double,
  right: Double,
}

// The canonical gain of a split: (score(left) + score(right)) - score(node). The three are taken in turn, so that the long arithmetic stands
// in the program once: compilers write every call out.
fn split_gain(gl: i32, hl: i32, direction: i32, node: Judged) -> Gain {
  let unbounded = all(node.lower == DOUBLE_MINUS_INFINITY) && all(node.upper == DOUBLE_INFINITY);
  let node_is_free = double_is_zero(node.r.step) && unbounded;
  var scores: array<Double, 3>;
  var weights: array<Double, 3>;
  for (var part = 0u; part < 3u; part++) {
    var g = gl;
    var h = hl;
    if (part > 0u) {
      g = node.g - select(gl, 0, part == 2u);
      h = node.h - select(hl, 0, part == 2u);
    }
    let gradient = double_of_i32(g);
    let hessian = double_of_i32(h);
    if (select(!node.limited, node_is_free, part == 2u)) {
      scores[part] = free_score(gradient, hessian, node.r);
    } else {
      weights[part] = node_weight(gradient, hessian, node.r, node.lower, node.upper);
      scores[part] = score_at(weights[part], gradient, hessian, node.r);
    }
  }
  let difference = double_sub(double_add(scores[0], scores[1]), scores[2]);
  let forbidden = (direction > 0 && double_less(weights[1], weights[0])) || (direction < 0 && double_less(weights[0], weights[1]));
  let gains = double_less(DOUBLE_ZERO, difference) && !forbidden;
  return Gain(select(DOUBLE_ZERO, difference, gains), weights[0], weights[1]);
}
