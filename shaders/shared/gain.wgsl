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
