/** Numbers as they are read: undefined ones as a dash, never as a number. */
import type { Estimate, Maybe } from "../evaluation/analysis.ts";

/** How the numbers of a column or a sentence are written. */
export type NumberKind = "count" | "share" | "metric" | "general" | "p";

/**
 * A number as text: counts with separators, shares as percentages, metrics with four decimals, p-values down to 0.0001, others with four
 * significant digits. Null and whatever is not finite is "–". The script of the page holds this very function: it may use nothing
 * from outside itself.
 */
export function formatNumber(value: number | null | undefined, kind: NumberKind): string {
  if (value === null || value === undefined || !Number.isFinite(100 * value)) return "–";
  const minus = (text: string): string => text.replace(/^-/, "\u2212");
  const grouped = (text: string): string => minus(text).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  if (kind === "count") return grouped(String(Math.round(value)));
  if (kind === "share") {
    const percent = 100 * value;
    const digits = percent !== 0 && Math.abs(percent) < 1 ? 2 : 1;
    return minus(percent.toFixed(digits)) + " %";
  }
  if (kind === "p") return value < 0.0001 ? "< 0.0001" : value.toFixed(4);
  if (kind === "metric") return minus(value.toFixed(4));
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return grouped(String(value));
  const size = Math.abs(value);
  if (size >= 0.001 && size < 1e6) return minus(String(Number(value.toPrecision(4))));
  return minus(value.toExponential(2));
}

/** "0.8790 (0.8702 to 0.8866)", without the brackets where there is no interval; the spaces do not break. */
export function formatEstimate({ value, low, high }: Estimate, kind: NumberKind = "metric"): string {
  const text = formatNumber(value, kind);
  return low === null || high === null
    ? text
    : `${text} (${formatNumber(low, kind)} to ${formatNumber(high, kind)})`.replaceAll(" ", "\u00a0");
}

/** The same with a sign on all three numbers. */
export function formatDifference({ value, low, high }: Estimate, kind: NumberKind = "metric"): string {
  const text = signed(value, kind);
  return low === null || high === null
    ? text
    : `${text} (${signed(low, kind)} to ${signed(high, kind)})`.replaceAll(" ", "\u00a0");
}

/** A number with a plus or minus before it. */
export function signed(value: Maybe, kind: NumberKind = "metric"): string {
  const text = formatNumber(value, kind);
  return value !== null && value > 0 ? `+${text}` : text;
}

/** "1 gene", "297 genes". */
export function counted(n: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(n, "count")} ${n === 1 ? noun : plural}`;
}

/** Bytes as a person reads them, e.g. "1.2 MB"; decimal units. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? formatNumber(size, "count") : size.toFixed(1)} ${units[unit]}`;
}

/** Seconds, e.g. "0.16 s", "21 s", "3 min 20 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(2))} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
