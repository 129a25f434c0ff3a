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

fn node_score(gradient: Double, hessian: Double, r: Regularisation, lower: Double, upper: Double) -> Double {
  if (double_is_zero(r.step) && all(lower == DOUBLE_MINUS_INFINITY) && all(upper == DOUBLE_INFINITY)) {
    return free_score(gradient, hessian, r);
  }
  return score_at(node_weight(gradient, hessian, r, lower, upper), gradient, hessian, r);
}

// The gain of a split of a node with sums (g, h) and that score, where no weight is limited; zero where it is not positive.
fn free_gain(gl: i32, hl: i32, g: i32, h: i32, score: Double, r: Regularisation) -> Double {
  let left = free_score(double_of_i32(gl), double_of_i32(hl), r);
  let right = free_score(double_of_i32(g - gl), double_of_i32(h - hl), r);
  return positive(double_sub(double_add(left, right), score));
}

// Likewise with weights limited by max_delta_step or within bounds; zero where a monotone constraint forbids the split.
fn limited_gain(
  gl: i32,
  hl: i32,
  g: i32,
  h: i32,
  score: Double,
  r: Regularisation,
  direction: i32,
  lower: Double,
  upper: Double,
) -> Double {
  // Sides in turn, so that the long arithmetic stands in the program once.
  var weights: array<Double, 2>;
  var scores: array<Double, 2>;
  for (var side = 0u; side < 2u; side++) {
    let gradient = double_of_i32(select(gl, g - gl, side == 1u));
    let hessian = double_of_i32(select(hl, h - hl, side == 1u));
    weights[side] = node_weight(gradient, hessian, r, lower, upper);
    scores[side] = score_at(weights[side], gradient, hessian, r);
  }
  if (direction > 0 && double_less(weights[1], weights[0])) {
    return DOUBLE_ZERO;
  }
  if (direction < 0 && double_less(weights[0], weights[1])) {
    return DOUBLE_ZERO;
  }
  return positive(double_sub(double_add(scores[0], scores[1]), score));
}

fn positive(x: Double) -> Double {
  return select(DOUBLE_ZERO, x, double_less(DOUBLE_ZERO, x));
}
