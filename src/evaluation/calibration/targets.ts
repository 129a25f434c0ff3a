/** The binary questions asked of three probabilities a row. */
import type { EvaluatedRows } from "../rows.ts";
import type { Target } from "./types.ts";

/** Probability of a target and of what it is not, per row: both are kept, since 1 - p loses digits near 1. */
export interface TargetRows {
  readonly p: Float64Array;
  readonly not: Float64Array;
  /** 1 where the row is of the target. */
  readonly isPositive: Uint8Array;
}

/** Rows whose three probabilities are all zero say nothing, and count as a third each (as in the metrics of a run). */
export function targetRows({ labels, neither, donor, acceptor }: EvaluatedRows, target: Target): TargetRows {
  const rows = labels.length;
  const p = new Float64Array(rows);
  const not = new Float64Array(rows);
  const isPositive = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const total = neither[row] + donor[row] + acceptor[row];
    const n = total > 0 ? neither[row] / total : 1 / 3;
    const d = total > 0 ? donor[row] / total : 1 / 3;
    const a = total > 0 ? acceptor[row] / total : 1 / 3;
    p[row] = target === "neither" ? n : target === "donor" ? d : target === "acceptor" ? a : d + a;
    not[row] = target === "neither" ? d + a : target === "donor" ? n + a : target === "acceptor" ? n + d : n;
    isPositive[row] = Number(isOf(target, labels[row]));
  }
  return { p, not, isPositive };
}

function isOf(target: Target, label: number): boolean {
  return target === "neither"
    ? label === 0
    : target === "splice"
    ? label > 0
    : label === (target === "donor" ? 1 : 2);
}
