/**
 * docs/cli.md, from the option tables. Run this file to write it anew:
 * `deno run --allow-write=docs src/cli/reference.ts`.
 */
import { commandUsage, laterFacts, optionFacts, optionUsage } from "./help.ts";
import type { CommandSpec } from "./option-types.ts";
import { COMMANDS } from "./options.ts";

/** The whole of docs/cli.md. */
export function referenceMarkdown(): string {
  return [
    "# Command line",
    "",
    "Made from the option tables in `src/cli` (`deno run --allow-write=docs src/cli/reference.ts`); a test compares them.",
    "",
    "`spliceboost COMMAND [options]`. stdout carries data, stderr progress. Exit codes: 0 done, 1 failed, 2 usage, 3 data,",
    "4 no usable device, 5 incomplete coverage, 6 out of memory or device lost, 130 (Ctrl-C) or 143 (SIGTERM) interrupted after a checkpoint.",
    "`NO_COLOR`, `CI` and `TERM=dumb` are honoured: no colours, no bars.",
    "",
    ...COMMANDS.flatMap(commandSection),
  ].join("\n");
}

function commandSection(command: CommandSpec): string[] {
  const lines = [`## ${command.name}`, "", command.summary, "", "```", commandUsage(command), "```", ""];
  for (const paragraph of command.description ?? []) lines.push(paragraph, "");
  if (command.argument) lines.push(`\`${command.argument.name}\`: ${command.argument.help}`, "");
  for (const option of command.options) {
    const facts = optionFacts(option);
    const example = option.example === `--${option.name}` ? "" : ` E.g. \`${option.example}\`.`;
    lines.push(`- \`${optionUsage(option)}\`: ${option.help}${facts ? ` (${facts})` : ""}${example}`);
  }
  lines.push("", "Examples:", "", "```", ...command.examples, "```", "");
  if (command.later) {
    lines.push("### Flags of the guide that this version rejects", "");
    lines.push(
      "Exit 2, with all of them named and the command line without them. The accepted ones ask for what happens",
    );
    lines.push("anyway; a line on stderr says so.", "");
    for (const flag of command.later) {
      lines.push(`- \`--${flag.name}${flag.takesValue ? " VALUE" : ""}\`: ${laterFacts(flag)}`);
    }
    lines.push("");
  }
  return lines;
}

if (import.meta.main) await Deno.writeTextFile("docs/cli.md", referenceMarkdown());
