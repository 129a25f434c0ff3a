/** Numbers as JSON keeps them. */
import type { Maybe } from "../analysis.ts";

/** Six significant digits: what a reader sees, at half the bytes. */
export function rounded(x: number): number {
  return Number(x.toPrecision(6));
}

/** A rounded number, or null where it is not finite. */
export function maybe(x: number): Maybe {
  return Number.isFinite(x) ? rounded(x) : null;
}
