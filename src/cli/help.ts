/** The text of `--help`, from the option tables. */
import type { CommandSpec, LaterSpec, OptionSpec } from "./option-types.ts";
import { expectedRange } from "./option-values.ts";
import { COMMANDS } from "./options.ts";

const WIDTH = 96;

/** Help of one command, or of the program. */
export function helpText(command: CommandSpec | null): string {
  return command ? commandHelp(command) : programHelp();
}

/** How the option is written: "-v, --verbose" or "--n-folds, --n-splits K". */
export function optionUsage(option: OptionSpec): string {
  const names = [...(option.aliases ?? []).filter((alias) => alias.length === 1).map((alias) => `-${alias}`)];
  names.push(`--${option.name}`);
  names.push(...(option.aliases ?? []).filter((alias) => alias.length > 1).map((alias) => `--${alias}`));
  return names.join(", ") + (option.value ? ` ${option.value}` : "");
}

/** Range, choices, default and the original's habit, in one line; "" where there is nothing to say. */
export function optionFacts(option: OptionSpec): string {
  const facts: string[] = [];
  if (option.required) facts.push("required");
  if (option.type === "integer" || option.type === "number") facts.push(expectedRange(option));
  if (option.type === "integers") facts.push(`each ${expectedRange(option)}`);
  if (option.choices) facts.push(option.choices.join(" | "));
  if (option.conflicts) facts.push(`not with ${option.conflicts.map((name) => `--${name}`).join(", ")}`);
  if (option.needs) facts.push(`only with ${option.needs.map((name) => `--${name}`).join(" or ")}`);
  if (option.default !== undefined) facts.push(`default ${[option.default].flat().join(",")}`);
  if (option.original) facts.push(`original: ${option.original}`);
  return facts.join("; ");
}

/** "spliceboost train --dataset PATH --out-dir DIR [options]". */
export function commandUsage(command: CommandSpec): string {
  const required = command.options.filter((option) => option.required).map(optionUsage);
  const { name = "", several = 0 } = command.argument ?? {};
  const argument = command.argument ? [several > 1 ? `${`${name} `.repeat(several).trim()}...` : name] : [];
  return ["spliceboost", command.name, ...argument, ...required, "[options]"].join(" ");
}

/** What is said of a flag of the guide that is refused or accepted without effect. */
export function laterFacts(flag: LaterSpec): string {
  if (flag.accepted) return `accepted: ${flag.accepted}`;
  return flag.does + (flag.instead ? `; meanwhile: ${flag.instead}` : "");
}

function programHelp(): string {
  return [
    "spliceboost: train, judge and apply splice-site meta-models",
    "",
    "Usage: spliceboost COMMAND [options]",
    "",
    "Commands:",
    ...COMMANDS.map((command) => entry(command.name, command.summary, 14)),
    "",
    "Options:",
    entry("-h, --help", "this help; after a command, that command's help", 14),
    entry("-V, --version", "the version, nothing else", 14),
    "",
    "Exit codes: 0 done, 1 failed, 2 usage, 3 data, 4 no usable device, 5 incomplete, 6 out of memory or device lost,",
    "130 or 143 interrupted (the same command goes on).",
    "",
    "Example: spliceboost demo",
    "",
  ].join("\n");
}

function commandHelp(command: CommandSpec): string {
  const lines = [command.summary, "", `Usage: ${commandUsage(command)}`, ""];
  for (const paragraph of command.description ?? []) lines.push(...wrap(paragraph, WIDTH), "");
  if (command.argument) lines.push(`${command.argument.name}: ${command.argument.help}`, "");
  lines.push("Options:");
  for (const option of command.options) lines.push(...optionEntry(option));
  lines.push("  -h, --help", "      This help.", "");
  if (command.later) lines.push(...laterEntries(command.later));
  lines.push("Examples:", ...command.examples.map((example) => `  ${example}`), "");
  return lines.join("\n");
}

function optionEntry(option: OptionSpec): string[] {
  const facts = optionFacts(option);
  const indent = (text: string) => `      ${text}`;
  return [
    `  ${optionUsage(option)}`,
    ...wrap(option.help + (facts ? ` (${facts})` : ""), WIDTH - 6).map(indent),
    ...(option.example && option.example !== `--${option.name}` ? [indent(`e.g. ${option.example}`)] : []),
  ];
}

function laterEntries(later: readonly LaterSpec[]): string[] {
  const names = (flags: readonly LaterSpec[]) =>
    wrap(flags.map((flag) => `--${flag.name}`).join(", "), WIDTH - 2).map((line) => `  ${line}`);
  return [
    "Flags of the guide that this version rejects (exit 2; docs/cli.md says what each will do):",
    ...names(later.filter((flag) => !flag.accepted)),
    "",
    "Flags of the guide that ask for what happens anyway (accepted, with a remark):",
    ...names(later.filter((flag) => flag.accepted)),
    "",
  ];
}

function entry(name: string, text: string, width: number): string {
  return `  ${name.padEnd(width)} ${text}`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return [...lines, line];
}
