/** Cholesky's factorisation of a symmetric matrix, in place. */

/**
 * Replaces the lower triangle of a row-major matrix by L with L Lt = A. A pivot below `floor` (a column that all but repeats others)
 * is raised to it, as if the diagonal were larger there: what is solved for is long in such a direction, but does not blow up.
 */
export function factorCholesky(a: Float64Array, size: number, floor: number): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[other + k];
      if (j < i) a[row + j] = sum / a[other + j];
      else a[row + i] = Math.sqrt(Math.max(sum, floor));
    }
  }
}

/** Solves L Lt x = b, x in place of b. */
export function solveCholesky(l: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= l[i * size + k] * b[k];
    b[i] = sum / l[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    const x = b[i] / l[i * size + i];
    b[i] = x;
    for (let k = 0; k < i; k++) b[k] -= l[i * size + k] * x;
  }
}
