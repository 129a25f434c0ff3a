/** From the text of a value to the value, checked against the option's range. */
import { nearestName, usageError } from "../numerics/errors.ts";
import type { OptionSpec } from "./option-types.ts";

export type OptionValue = string | number | boolean | readonly number[] | Readonly<Record<string, unknown>>;

/** Parses the text given for an option; a usage error says what was expected and what was found. */
export function parseValue(option: OptionSpec, text: string): OptionValue {
  switch (option.type) {
    case "integer":
    case "number":
      return parseNumber(option, text);
    case "integers":
      return parseIntegers(option, text);
    case "choice":
      return parseChoice(option, text);
    case "json":
      return parseJson(option, text);
    case "text":
      if (text === "") throw usageError(`--${option.name}: expected ${option.value}, found an empty text.`);
      return text;
    case "flag":
      throw usageError(`--${option.name} takes no value, found "${text}".`);
  }
}

/** "an integer from 1 to 255", for messages and the help. */
export function expectedRange(option: OptionSpec): string {
  const what = option.type === "number" ? "a number" : "an integer";
  const low = option.min === undefined ? "" : option.minOpen ? `above ${option.min}` : `from ${option.min}`;
  const high = option.max === undefined ? "" : option.maxOpen ? `below ${option.max}` : `to ${option.max}`;
  if (low && !high) return `${what}, ${option.minOpen ? low : `at least ${option.min}`}`;
  if (low && option.minOpen && option.maxOpen) return `${what} ${low} and ${high}`;
  return [what, low, high].filter(Boolean).join(" ");
}

function parseNumber(option: OptionSpec, text: string): number {
  const value = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : NaN;
  const { min = -Infinity, max = Infinity } = option;
  const fits = (option.minOpen ? value > min : value >= min) && (option.maxOpen ? value < max : value <= max);
  const whole = option.type === "number" || Number.isSafeInteger(value);
  if (!fits || !whole || !Number.isFinite(value)) {
    throw usageError(`--${option.name}: expected ${expectedRange(option)}, found "${text}".`);
  }
  return value;
}

function parseIntegers(option: OptionSpec, text: string): readonly number[] {
  const values = text.split(",").map((part) => parseNumber({ ...option, type: "integer" }, part));
  if (new Set(values).size < values.length) {
    throw usageError(`--${option.name}: a number stands twice in "${text}"; give each once.`);
  }
  return values;
}

function parseChoice(option: OptionSpec, text: string): string {
  const choices = option.choices ?? [];
  if (choices.includes(text)) return text;
  const refusal = option.refused?.[text];
  if (refusal) throw usageError(`--${option.name} ${text}: ${refusal}.`);
  const near = nearestName(text, choices);
  throw usageError(
    `--${option.name}: expected ${choices.join(", ")}, found "${text}".` +
      (near ? ` Did you mean ${near}?` : ""),
  );
}

function parseJson(option: OptionSpec, text: string): Readonly<Record<string, unknown>> {
  const expected = `--${option.name}: expected a JSON object such as '{"max_depth": 4}'`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(`${expected}, found "${text}" (${why}). Mind the quotes of the shell.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw usageError(`${expected}, found ${text}.`);
  }
  return value as Readonly<Record<string, unknown>>;
}
