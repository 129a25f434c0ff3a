/** Shapley weights of a row against one background row. */

/** (a-1)! b! / (a+b)!, a >= 1: the share of orders in which one of a features comes last of the a and before all of the b. */
export function shapleyWeight(a: number, b: number): number {
  let weight = 1 / a;
  for (let k = 1; k <= b; k++) weight *= k / (a + k);
  return weight;
}

/** The weights of all a and b up to `most` together, at a x (most + 1) + b; 0 where a is 0. */
export function shapleyWeights(most: number): Float64Array {
  const weights = new Float64Array((most + 1) ** 2);
  for (let a = 1; a <= most; a++) {
    for (let b = 0; a + b <= most; b++) weights[a * (most + 1) + b] = shapleyWeight(a, b);
  }
  return weights;
}
