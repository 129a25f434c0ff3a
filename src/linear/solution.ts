/** What solvers are told about stopping, and what they answer. */

export interface Stopping {
  /** Optimality to reach. */
  readonly tol: number;
  /** Newton steps, at most. */
  readonly maxIter: number;
}

/**
 * Whether a hyperplane parts the classes of the training rows: "complete", each row on the side of its class; "quasi-complete", some rows on
 * the plane itself; null, not seen. The second is looked for without a penalty only, where either means that there is no optimum.
 */
export type Separation = "complete" | "quasi-complete" | null;

export interface Solution {
  /** Standardised coefficients, the intercept last. */
  readonly w: Float64Array;
  readonly iterations: number;
  /** Largest violation of the conditions of optimality, in units of the mean loss. */
  readonly optimality: number;
  readonly separated: Separation;
}
