/** From what a user gives to an algorithm's parameters, by its table: names and aliases, ranges, defaults. */
import * as v from "valibot";
import { nearestName, usageError } from "../numerics/errors.ts";
import type { FixedParameter } from "./fixed-parameters.ts";
import type { ParameterSpec } from "./parameter-table.ts";

/** The specification of every parameter, by its key in the resolved record. */
export type ParameterTable<P> = { readonly [K in keyof P]: ParameterSpec<P[K]> };

/** A value as it was given, and as it was taken. */
export interface GivenParameter {
  readonly name: string;
  readonly raw: unknown;
  readonly value: unknown;
}

export interface Resolution<P> {
  readonly parameters: P;
  /** What was given, by key; null and undefined are not. */
  readonly given: ReadonlyMap<keyof P, GivenParameter>;
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** A given value as it appears in messages. */
export function show(value: unknown): string {
  if (typeof value !== "object" && typeof value !== "string") return String(value);
  try {
    const text = JSON.stringify(value);
    return text.length > 80 ? text.slice(0, 77) + "..." : text;
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** A table with all accepted spellings. */
export class ParameterResolver<P extends object> {
  readonly #table: ParameterTable<P>;
  readonly #keys: readonly (keyof P)[];
  readonly #spellings: ReadonlyMap<string, keyof P>;
  readonly #fixed: ReadonlyMap<string, FixedParameter>;

  constructor(table: ParameterTable<P>, fixed: readonly FixedParameter[]) {
    this.#table = table;
    this.#keys = Object.keys(table) as (keyof P)[];
    this.#spellings = new Map(
      this.#keys.flatMap((key) =>
        [table[key].name, ...table[key].aliases].flatMap((name): [string, keyof P][] => [
          [name, key],
          [camelCase(name), key],
        ])
      ),
    );
    this.#fixed = new Map(
      fixed.flatMap((spec) =>
        [spec.name, ...(spec.aliases ?? [])].flatMap((name): [string, FixedParameter][] => [
          [name, spec],
          [camelCase(name), spec],
        ])
      ),
    );
  }

  /**
   * Checks parameters against the table and fills in defaults; null and undefined mean the default.
   * @throws SpliceboostError (usage) for an unknown name, a value out of range, or one parameter given two values.
   */
  resolve(input: Readonly<Record<string, unknown>>): Resolution<P> {
    const given = new Map<keyof P, GivenParameter>();
    for (const [name, raw] of Object.entries(input)) {
      const fixed = this.#fixed.get(name);
      if (fixed) {
        checkFixed(name, raw, fixed);
        continue;
      }
      const key = this.#spellings.get(name);
      if (key === undefined) throw this.#unknown(name);
      if (raw === null || raw === undefined) continue;
      const value = this.#checked(name, raw, key);
      const other = given.get(key);
      if (other && JSON.stringify(other.value) !== JSON.stringify(value)) {
        throw usageError(
          `parameters "${other.name}" and "${name}" are one and the same, but were given two values: ` +
            `${show(other.value)} and ${show(value)}; give one`,
        );
      }
      given.set(key, { name, raw, value });
    }
    const entries = this.#keys.map((key) => {
      const own = given.get(key);
      return [key, own ? own.value : this.#table[key].default];
    });
    return { parameters: Object.fromEntries(entries) as P, given };
  }

  #checked(name: string, raw: unknown, key: keyof P): unknown {
    const { schema, range } = this.#table[key];
    const parsed = v.safeParse(schema, raw);
    if (!parsed.success) throw usageError(`parameter "${name}": expected ${range}; found ${show(raw)}`);
    return parsed.output;
  }

  #unknown(name: string): Error {
    const near = nearestName(name, this.#spellings.keys());
    const known = this.#keys.map((key) => this.#table[key].name).join(", ");
    return usageError(
      `unknown parameter "${name}"` + (near ? `; did you mean "${near}"?` : `; known parameters: ${known}`),
    );
  }
}

function checkFixed(name: string, raw: unknown, { accepted, reason }: FixedParameter): void {
  if (raw === null || raw === undefined || (accepted !== undefined && Object.is(raw, accepted))) return;
  const expected = accepted === undefined ? "leave it out" : `the only accepted value is ${show(accepted)}`;
  throw usageError(`parameter "${name}" ${show(raw)} is not available: ${reason}; ${expected}`);
}
