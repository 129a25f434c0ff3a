import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { completionScript } from "../../src/cli/completion.ts";
import { helpText } from "../../src/cli/help.ts";
import { LATER_OPTIONS } from "../../src/cli/later-options.ts";
import { COMMANDS } from "../../src/cli/options.ts";
import { referenceMarkdown } from "../../src/cli/reference.ts";
import { VERSION } from "../../src/version.ts";

const repository = new URL("../../", import.meta.url);

describe("help", () => {
  it("names every command", () => {
    for (const command of COMMANDS) expect(helpText(null)).toContain(`  ${command.name} `);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    "of %s names every option",
    (_name, command) => {
      const text = helpText(command);
      for (const option of command.options) {
        expect(text).toContain(`--${option.name}`);
        if (option.default !== undefined) {
          expect(text.replace(/\s+/g, " ")).toContain(
            `default ${option.default}`,
          );
        }
      }
      for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    },
  );

  it("lists the refused flags of the guide apart", () => {
    const train = COMMANDS.find((command) => command.name === "train");
    const [normal, later] = helpText(train ?? null).split("Flags of the guide that this version rejects");
    for (const flag of LATER_OPTIONS) {
      expect(normal).not.toMatch(new RegExp(`--${flag.name}\\b(?!-)`));
      expect(later).toContain(`--${flag.name}`);
    }
  });
});

describe("docs/cli.md", () => {
  it("is fresh (deno run --allow-write=docs src/cli/reference.ts makes it)", () => {
    expect(readFileSync(new URL("docs/cli.md", repository), "utf8")).toBe(referenceMarkdown());
  });
});

describe("version", () => {
  it("is that of package.json", () => {
    expect(JSON.parse(readFileSync(new URL("package.json", repository), "utf8")).version).toBe(VERSION);
  });
});

describe("completion", () => {
  it("knows every command and option in every shell", () => {
    for (const shell of ["bash", "zsh", "fish"] as const) {
      const script = completionScript(shell);
      for (const command of COMMANDS) {
        expect(script).toContain(command.name);
        for (const option of command.options) {
          expect(script).toContain(shell === "fish" ? `-l ${option.name}` : `--${option.name}`);
        }
      }
    }
  });

  const bash = (words: readonly string[]) => {
    const list = words.map((word) => `'${word}'`).join(" ");
    const script = `${completionScript("bash")}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}\n` +
      `_spliceboost; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim().split("\n");
  };

  it.skipIf(spawnSync("bash", ["--version"]).status !== 0)("completes in bash", () => {
    expect(bash(["spliceboost", "tr"])).toEqual(["train"]);
    expect(bash(["spliceboost", "train", "--n-f"])).toEqual(["--n-folds"]);
    expect(bash(["spliceboost", "train", "--device", ""])).toEqual(["auto", "webgpu", "cpu"]);
    expect(bash(["spliceboost", "train", "--dataset", ""])).toEqual([""]);
    expect(bash(["spliceboost", "completion", "f"])).toEqual(["fish"]);
  });
});
