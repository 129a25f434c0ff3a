/** JSON whose text depends on the value alone. */
import { usageError } from "../numerics/errors.ts";

/**
 * JSON text with object keys in code-unit order and no white space; undefined members are left out.
 * @throws SpliceboostError (usage) for what JSON cannot hold (NaN, infinities, functions, ...).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && (Object.getPrototypeOf(value) ?? Object.prototype) === Object.prototype) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  throw usageError(
    `expected a value that JSON can hold, found ${Object.prototype.toString.call(value)} ${String(value)}`,
  );
}
