/** Refuses the guide's flags that this version does not carry out: all of them at once, before anything else is read. */
import { type SpliceboostError, usageError } from "../numerics/errors.ts";
import type { CommandSpec, LaterSpec } from "./option-types.ts";

export interface LaterFlags {
  /** The arguments without any later flag and its value. */
  readonly rest: readonly string[];
  readonly refused: readonly LaterSpec[];
  /** Flags that ask for what happens anyway. */
  readonly accepted: readonly LaterSpec[];
}

/** Sorts the arguments of a command: those of the table stay, the later ones are taken out. */
export function takeLaterFlags(command: CommandSpec, args: readonly string[]): LaterFlags {
  const later = new Map((command.later ?? []).map((flag) => [`--${flag.name}`, flag]));
  const valued = new Set(
    command.options.filter((option) => option.type !== "flag")
      .flatMap((option) => [option.name, ...(option.aliases ?? [])])
      .map((name) => (name.length === 1 ? `-${name}` : `--${name}`)),
  );
  const rest: string[] = [];
  const refused = new Set<LaterSpec>();
  const accepted = new Set<LaterSpec>();
  for (let i = 0; i < args.length; i++) {
    const argument = args[i];
    if (argument === "--") {
      rest.push(...args.slice(i));
      break;
    }
    const flag = later.get(argument.split("=", 1)[0]);
    if (!flag) {
      rest.push(argument);
      if (valued.has(argument) && i + 1 < args.length) rest.push(args[++i]);
      continue;
    }
    (flag.accepted ? accepted : refused).add(flag);
    const next = args[i + 1];
    if (flag.takesValue && !argument.includes("=") && next !== undefined && !next.startsWith("--")) i++;
  }
  return { rest, refused: [...refused], accepted: [...accepted] };
}

/** The error that names every refused flag and prints the command line without them. */
export function laterError(command: CommandSpec, found: LaterFlags): SpliceboostError {
  const lines = found.refused.map((flag) =>
    `  --${flag.name}: ${flag.does}, which comes with later work` + (flag.instead ? `; ${flag.instead}` : "")
  );
  const plural = found.refused.length > 1;
  return usageError(
    `This version does not know what to do for ${
      plural ? "these flags" : "this flag"
    } of the guide, and runs nothing ` +
      `rather than leave ${plural ? "them" : "it"} out unasked:\n${lines.join("\n")}\n` +
      `The same command without ${plural ? "them" : "it"}:\n  ${
        ["spliceboost", command.name, ...found.rest].map(shellQuote).join(" ")
      }`,
  );
}

/** Quotes a word for a POSIX shell where it needs quotes. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
