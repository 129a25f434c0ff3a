/** What makes conjugate gradients short: the Hessian on a thinned set of rows, factored, or its diagonal. */
import { factorCholesky, solveCholesky } from "./cholesky.ts";
import { type Design, thinRows } from "./design.ts";
import { weightedGram } from "./gram.ts";

/** Rows a column that the thinned Hessian has. */
const ROWS_A_COLUMN = 40;
/** Columns up to which a factored Hessian pays: it costs rows x columns^2. */
const MOST_COLUMNS = 400;

export interface Preconditioner {
  /** Sets it up for the Hessian of a curvature per row and the l2 penalty. */
  update(curvature: Float64Array, l2: number): void;
  /** Replaces r by M^-1 r. */
  readonly apply: (r: Float64Array) => void;
}

export function preconditionerOf(design: Design): Preconditioner {
  return design.mean.length <= MOST_COLUMNS ? thinnedHessian(design) : diagonal(design);
}

function thinnedHessian(design: Design): Preconditioner {
  const size = design.mean.length + 1;
  const step = Math.max(1, Math.floor(design.rows / (ROWS_A_COLUMN * size)));
  const thin = step > 1 ? thinRows(design, step) : design;
  let factor: Float64Array = new Float64Array();
  return {
    update(curvature, l2) {
      let [whole, part] = [0, 0];
      for (let i = 0; i < curvature.length; i++) {
        whole += curvature[i];
        if (i % step === 0) part += curvature[i];
      }
      const scale = part > 0 ? whole / part : 1;
      factor = weightedGram(
        thin,
        Float64Array.from({ length: thin.rows }, (_, i) => scale * curvature[i * step]),
      );
      let trace = 0;
      for (let c = 0; c < size; c++) trace += factor[c * size + c];
      // A thinned column may have become constant, or repeat others.
      const ridge = l2 + 1e-10 * trace / size;
      for (let c = 0; c < size; c++) factor[c * size + c] += c + 1 < size ? ridge : 1e-10 * trace / size;
      factorCholesky(factor, size, 1e-14 * trace / size);
    },
    apply: (r) => solveCholesky(factor, size, r),
  };
}

/** With standardised columns and curvatures that do not depend on them, the diagonal is the sum of the curvatures. */
function diagonal(design: Design): Preconditioner {
  const size = design.mean.length + 1;
  const inverse = new Float64Array(size);
  return {
    update(curvature, l2) {
      let sum = 0;
      for (let i = 0; i < curvature.length; i++) sum += curvature[i];
      inverse.fill(1 / (sum + l2));
      inverse[size - 1] = 1 / sum;
    },
    apply(r) {
      for (let c = 0; c < size; c++) r[c] *= inverse[c];
    },
  };
}
