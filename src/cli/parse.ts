/** From the words of the command line to a command and its checked values, by commander and the option tables. */
import { Command, CommanderError, Option } from "commander";
import { nearestName, usageError } from "../numerics/errors.ts";
import { laterError, takeLaterFlags } from "./later.ts";
import { camelCase, type CommandSpec, type OptionSpec } from "./option-types.ts";
import { type OptionValue, parseValue } from "./option-values.ts";
import { COMMANDS } from "./options.ts";

export type Request =
  | { readonly kind: "help"; readonly command: CommandSpec | null }
  | { readonly kind: "version" }
  | Invocation;

/** A command to run. */
export interface Invocation {
  readonly kind: "run";
  readonly command: CommandSpec;
  /** Values by camel-cased option name; options not given have their default or are absent. */
  readonly values: Readonly<Record<string, OptionValue | undefined>>;
  /** Names (in camel case) of the options that were typed. */
  readonly given: ReadonlySet<string>;
  /** The positional argument, the first where there may be several. */
  readonly argument: string | undefined;
  /** All of them. */
  readonly operands: readonly string[];
  /** Sentences for stderr. */
  readonly remarks: readonly string[];
}

/** Parses the words after `spliceboost`; throws usage errors. */
export function parseArguments(args: readonly string[]): Request {
  const [first, ...others] = args;
  if (first === undefined || first === "--help" || first === "-h") return { kind: "help", command: null };
  if (first === "--version" || first === "-V") return { kind: "version" };
  if (first === "help") return { kind: "help", command: others[0] === undefined ? null : known(others[0]) };
  const command = known(first);
  const beforeEnd = others.includes("--") ? others.slice(0, others.indexOf("--")) : others;
  if (beforeEnd.includes("--help") || beforeEnd.includes("-h")) return { kind: "help", command };
  return parseCommand(command, others);
}

/** The command of that name; a usage error with a suggestion otherwise. */
function known(name: string): CommandSpec {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = COMMANDS.map((candidate) => candidate.name);
  const near = nearestName(name, names);
  throw usageError(
    name.startsWith("-")
      ? `Expected a command (${
        names.join(", ")
      }) first, found ${name}. Example: spliceboost train ${name} ...`
      : `Unknown command "${name}"; expected one of ${names.join(", ")}.` +
        (near ? ` Did you mean ${near}?` : ""),
  );
}

function parseCommand(command: CommandSpec, args: readonly string[]): Invocation {
  const later = takeLaterFlags(command, args);
  if (later.refused.length > 0) throw laterError(command, later);
  const parser = commanderFor(command);
  try {
    parser.parse(later.rest as string[], { from: "user" });
  } catch (error) {
    throw error instanceof CommanderError ? translate(error, command) : error;
  }
  const values = parser.opts<Record<string, OptionValue | undefined>>();
  const given = new Set(Object.keys(values).filter((name) => parser.getOptionValueSource(name) === "cli"));
  checkCompany(command, given);
  const operands = parser.args;
  const [argument] = operands;
  checkArgument(command, argument, operands.length);
  const remarks = later.accepted.map((flag) => `--${flag.name}: ${flag.accepted}.`);
  return { kind: "run", command, values, given, argument, operands, remarks };
}

function commanderFor(command: CommandSpec): Command {
  const parser = new Command(command.name).exitOverride().helpOption(false).allowExcessArguments(false)
    .configureOutput({ writeErr: () => {}, writeOut: () => {} });
  if (command.argument) {
    const name = command.argument.several ? `${command.argument.name}...` : command.argument.name;
    parser.argument(command.argument.required ? `<${name}>` : `[${name}]`);
  }
  for (const option of command.options) {
    for (const built of optionsFor(option)) parser.addOption(built);
  }
  return parser;
}

/** The option, and one more for each long alias, which writes to the same value. */
function optionsFor(option: OptionSpec): Option[] {
  const short = option.aliases?.find((alias) => alias.length === 1);
  const longs = [option.name, ...(option.aliases ?? []).filter((alias) => alias.length > 1)];
  let seen = false;
  return longs.map((long, i) => {
    const flags = `${i === 0 && short ? `-${short}, ` : ""}--${long}`;
    const built = new Option(option.type === "flag" ? flags : `${flags} <value>`);
    // To commander, --no-x would be the opposite of --x.
    built.negate = false;
    built.attributeName = () => camelCase(option.name);
    if (option.type !== "flag") {
      built.argParser((text: string) => {
        if (seen) throw usageError(`--${long} is given twice; give it once.`);
        seen = true;
        return parseValue(option, text);
      });
    }
    if (i === 0) built.default(option.type === "flag" ? false : option.default);
    return built;
  });
}

/** Options that would have no effect in this company are errors. */
function checkCompany(command: CommandSpec, given: ReadonlySet<string>): void {
  const missing = command.options.filter((option) => option.required && !given.has(camelCase(option.name)));
  if (missing.length > 0) {
    throw usageError(
      `spliceboost ${command.name} needs ${
        missing.map((option) => `--${option.name} ${option.value}`).join(" and ")
      }. ` +
        `Example: ${command.examples[0]}`,
    );
  }
  for (const option of command.options.filter((candidate) => given.has(camelCase(candidate.name)))) {
    const conflict = option.conflicts?.find((name) => given.has(camelCase(name)));
    if (conflict) {
      throw usageError(`--${option.name} has no effect with --${conflict}: leave one of them out.`);
    }
    if (option.needs && !option.needs.some((name) => given.has(camelCase(name)))) {
      throw usageError(
        `--${option.name} has no effect without ${
          option.needs.map((name) => `--${name}`).join(" or ")
        }: give that too, or leave it out.`,
      );
    }
  }
}

function checkArgument(command: CommandSpec, value: string | undefined, count: number): void {
  const { several = 0, name, help } = command.argument ?? {};
  if (count < several) {
    throw usageError(
      `spliceboost ${command.name} needs at least ${several} of ${name}, found ${count}: ${help} ` +
        `Example: ${command.examples[0]}`,
    );
  }
  const choices = command.argument?.choices;
  if (!choices || value === undefined || choices.includes(value)) return;
  const near = nearestName(value, choices);
  throw usageError(
    `spliceboost ${command.name}: expected ${choices.join(", ")}, found "${value}".` +
      (near ? ` Did you mean ${near}?` : ""),
  );
}

function translate(error: CommanderError, command: CommandSpec): Error {
  const name = `spliceboost ${command.name}`;
  const flag = /'(--?[^\s'=<]+)/.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownOption": {
      const names = command.options.flatMap((option) => [option.name, ...(option.aliases ?? [])]);
      const near = nearestName(flag.replace(/^-+/, ""), names.filter((candidate) => candidate.length > 1));
      return usageError(
        `${name} has no option ${flag}.` + (near ? ` Did you mean --${near}?` : "") +
          ` "${name} --help" lists them.`,
      );
    }
    case "commander.optionMissingArgument":
      return usageError(`${name}: ${error.message.replace(/^error: /, "")}; a value must follow it.`);
    case "commander.missingArgument":
      return usageError(
        `${name} needs ${command.argument?.name}: ${command.argument?.help} Example: ${command.examples[0]}`,
      );
    case "commander.excessArguments":
      return usageError(
        `${name}: ${error.message.replace(/^error: /, "")} Options start with --; quote values with spaces.`,
      );
    default:
      return usageError(`${name}: ${error.message.replace(/^error: /, "")}`);
  }
}
