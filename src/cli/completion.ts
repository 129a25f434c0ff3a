/** Completion scripts for bash, zsh and fish, from the option tables. */
import type { CommandSpec, OptionSpec } from "./option-types.ts";
import { COMMANDS } from "./options.ts";

/** The script to evaluate in that shell. */
export function completionScript(shell: "bash" | "zsh" | "fish"): string {
  return shell === "fish" ? fish() : shell === "zsh" ? zsh() : bash();
}

function names(option: OptionSpec): string[] {
  return [option.name, ...(option.aliases ?? [])].map((
    name,
  ) => (name.length === 1 ? `-${name}` : `--${name}`));
}

/** Lines of a `case "$command:$previous"`: what may follow an option, then what may follow a command. */
function cases(): string[] {
  return COMMANDS.flatMap((command) => [
    ...command.options.filter((option) => option.choices).map((option) =>
      `    ${names(option).map((name) => `${command.name}:${name}`).join("|")}) words="${
        option.choices?.join(" ")
      }" ;;`
    ),
    ...command.options.filter((option) => option.type !== "flag" && !option.choices).map((option) =>
      `    ${names(option).map((name) => `${command.name}:${name}`).join("|")}) return ;;`
    ),
    `    ${command.name}:*) words="${words(command).join(" ")}" ;;`,
  ]);
}

function words(command: CommandSpec): string[] {
  return [...(command.argument?.choices ?? []), ...command.options.flatMap(names), "--help"];
}

function bash(): string {
  return `# spliceboost completion for bash: eval "$(spliceboost completion bash)"
_spliceboost() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${
    COMMANDS.map((command) => command.name).join(" ")
  } --help --version" -- "$current"))
    return
  fi
  case "$command:$previous" in
${cases().join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _spliceboost spliceboost
`;
}

function zsh(): string {
  return `#compdef spliceboost
# spliceboost completion for zsh: eval "$(spliceboost completion zsh)"
_spliceboost() {
  local command="\${words[2]}" previous="\${words[CURRENT-1]}"
  if (( CURRENT == 2 )); then
    compadd -- ${COMMANDS.map((command) => command.name).join(" ")} --help --version
    return
  fi
  local choices=""
  () {
    local words=""
    case "$command:$previous" in
${cases().map((line) => line.replace(") return ;;", ') words="" ;;')).join("\n")}
    esac
    choices="$words"
  }
  compadd -- \${=choices}
  _files
}
compdef _spliceboost spliceboost
`;
}

function fish(): string {
  const lines = [
    "# spliceboost completion for fish: spliceboost completion fish | source",
    "complete -c spliceboost -f",
  ];
  for (const command of COMMANDS) {
    lines.push(
      `complete -c spliceboost -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    );
    const here = `complete -c spliceboost -n "__fish_seen_subcommand_from ${command.name}"`;
    if (command.argument) {
      const choices = command.argument.choices;
      lines.push(choices ? `${here} -a "${choices.join(" ")}"` : `${here} -F`);
    }
    for (const option of command.options) {
      const flags = names(option).map((
        name,
      ) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      const takes = option.choices
        ? ` -x -a "${option.choices.join(" ")}"`
        : option.type === "flag"
        ? ""
        : " -r -F";
      lines.push(`${here} ${flags.join(" ")}${takes} -d ${quote(option.help)}`);
    }
  }
  return lines.join("\n") + "\n";
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
