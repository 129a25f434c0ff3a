/** Entropy and mutual information of discrete variables, in bits. */
import { argsort } from "./argsort.ts";

/** A column as small integers. */
export interface Codes {
  /** Code per value, 0 .. count-1. */
  readonly codes: Uint16Array;
  readonly count: number;
}

/**
 * Cuts a column into at most `bins` bins of about equal mass; equal values share a bin, so a column of fewer distinct values keeps them, each its
 * own bin where it can. Missing (NaN) is a bin of its own, the last.
 */
export function discretise(values: Float32Array | Float64Array, bins = 32): Codes {
  const order = argsort(values);
  let present = order.length;
  while (present > 0 && Number.isNaN(values[order[present - 1]])) present--;
  const codes = new Uint16Array(values.length);
  const few = distinctUpTo(values, order, present, bins) <= bins;
  let code = -1;
  for (let start = 0; start < present;) {
    let end = start + 1;
    while (end < present && values[order[end]] === values[order[start]]) end++;
    // A new bin once those before hold their share.
    if (code < 0 || few || start >= (present * (code + 1)) / bins) code++;
    for (let i = start; i < end; i++) codes[order[i]] = code;
    start = end;
  }
  const missing = present < order.length ? 1 : 0;
  for (let i = present; i < order.length; i++) codes[order[i]] = code + 1;
  return { codes, count: code + 1 + missing };
}

function distinctUpTo(values: ArrayLike<number>, order: Uint32Array, present: number, limit: number): number {
  let distinct = present > 0 ? 1 : 0;
  for (let i = 1; i < present && distinct <= limit; i++) {
    if (values[order[i]] !== values[order[i - 1]]) distinct++;
  }
  return distinct;
}

/** Entropy in bits of counts; NaN where all are 0. */
export function entropyBits(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  if (total === 0) return NaN;
  let bits = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] > 0) bits -= counts[i] / total * Math.log2(counts[i] / total);
  }
  return bits;
}

/**
 * Mutual information in bits of two columns of codes, the plug-in estimate: it is biased upwards by about
 * (a - 1)(b - 1) / (2 n ln 2) bits for a and b codes that occur and n rows. NaN without rows.
 */
export function mutualInformationBits(a: Codes, b: Codes): number {
  const joint = new Float64Array(a.count * b.count);
  const [left, right] = [new Float64Array(a.count), new Float64Array(b.count)];
  for (let i = 0; i < a.codes.length; i++) {
    joint[a.codes[i] * b.count + b.codes[i]]++;
    left[a.codes[i]]++;
    right[b.codes[i]]++;
  }
  return Math.max(0, entropyBits(left) + entropyBits(right) - entropyBits(joint));
}
