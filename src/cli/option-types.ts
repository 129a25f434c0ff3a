/**
 * What an option is. The tables made of these drive parsing, `--help`, the shell completion and docs/cli.md, so that
 * the four never differ.
 */

export type OptionType = "flag" | "integer" | "number" | "text" | "choice" | "json" | "integers";

/** One option of a command. */
export interface OptionSpec {
  /** Without the dashes, e.g. "n-folds". */
  readonly name: string;
  /** Other long names, and single letters, for the same option. */
  readonly aliases?: readonly string[];
  readonly type: OptionType;
  /** Name of the value in the help, e.g. "DIR". */
  readonly value?: string;
  readonly default?: string | number | readonly number[];
  /** Bounds of numbers, inclusive unless the matching `...Open` is set. */
  readonly min?: number;
  readonly max?: number;
  readonly minOpen?: boolean;
  readonly maxOpen?: boolean;
  readonly choices?: readonly string[];
  /** Values known from the guide that this version refuses, each with what to do. */
  readonly refused?: Readonly<Record<string, string>>;
  readonly required?: boolean;
  /** One sentence. */
  readonly help: string;
  /** What the guide, or the original program, has instead, where it differs. */
  readonly original?: string;
  readonly example?: string;
  /** Flags under which this one would have no effect: giving both is an error. */
  readonly conflicts?: readonly string[];
  /** Options of which one must be given too, or this one would have no effect: without any it is an error. */
  readonly needs?: readonly string[];
  /** True where the option cannot change results: it is not compared when a finished run is asked for again. */
  readonly neutral?: boolean;
}

/** A flag of the guide that this version does not carry out. */
export interface LaterSpec {
  readonly name: string;
  readonly takesValue?: boolean;
  /** What the flag will do. */
  readonly does: string;
  /** How to run without it, where leaving it out is not all. */
  readonly instead?: string;
  /** The flag asks for what happens anyway: it is accepted, and this sentence printed. */
  readonly accepted?: string;
}

/** One command. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs of the help, after the summary. */
  readonly description?: readonly string[];
  /** A positional argument. */
  readonly argument?: {
    readonly name: string;
    readonly help: string;
    readonly choices?: readonly string[];
    readonly required: boolean;
    /** Least number, where several may be given. */
    readonly several?: number;
  };
  readonly options: readonly OptionSpec[];
  readonly later?: readonly LaterSpec[];
  readonly examples: readonly string[];
}

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

type Value<S extends OptionSpec> = S["type"] extends "flag" ? boolean
  : S["type"] extends "integer" | "number" ? number
  : S["type"] extends "json" ? Readonly<Record<string, unknown>>
  : S["type"] extends "integers" ? readonly number[]
  : S extends { readonly choices: readonly (infer C)[] } ? C
  : string;

type Present<S extends OptionSpec> = S["type"] extends "flag" ? boolean
  : S extends { readonly required: true } | { readonly default: unknown } ? Value<S>
  : Value<S> | undefined;

/** The parsed values of a table: one property an option, in camel case. */
export type Values<T extends readonly OptionSpec[]> = {
  readonly [S in T[number] as Camel<S["name"]>]: Present<S>;
};

/** "n-folds" -> "nFolds". */
export function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
