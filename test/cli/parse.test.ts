import { describe, expect, it } from "vitest";
import { EXIT_CODES, SpliceboostError } from "../../src/numerics/errors.ts";
import { LATER_OPTIONS } from "../../src/cli/later-options.ts";
import { camelCase, type CommandSpec, type OptionSpec } from "../../src/cli/option-types.ts";
import { COMMANDS } from "../../src/cli/options.ts";
import { type Invocation, parseArguments } from "../../src/cli/parse.ts";

/** Arguments that a command cannot do without. */
function required(command: CommandSpec): string[] {
  const argument = command.argument ? [command.argument.choices?.[0] ?? "somewhere"] : [];
  return [
    command.name,
    ...argument,
    ...command.options.filter((o) => o.required).flatMap((o) => [`--${o.name}`, "x"]),
  ];
}

/** A value that is neither the default nor out of range, as typed and as parsed. */
function sample(option: OptionSpec): readonly [text: string, value: unknown] {
  switch (option.type) {
    case "flag":
      return ["", true];
    case "integer": {
      const value = (option.min ?? 0) + 3;
      return [String(value), value];
    }
    case "number":
      return ["0.25", 0.25];
    case "integers":
      return ["2,4", [2, 4]];
    case "json":
      return ['{"max_depth": 3}', { max_depth: 3 }];
    case "choice": {
      const other = option.choices?.find((choice) => choice !== option.default) ?? option.choices?.[0] ?? "";
      return [other, other];
    }
    case "text":
      return ["some_text", "some_text"];
  }
}

function run(args: readonly string[]): Invocation {
  const request = parseArguments(args);
  if (request.kind !== "run") throw new Error(`expected a command, found ${request.kind}`);
  return request;
}

function usage(args: readonly string[]): string {
  try {
    parseArguments(args);
  } catch (error) {
    expect(error).toBeInstanceOf(SpliceboostError);
    expect(EXIT_CODES[(error as SpliceboostError).kind]).toBe(2);
    return (error as SpliceboostError).message;
  }
  throw new Error(`expected a usage error of ${args.join(" ")}`);
}

const everyOption = COMMANDS.flatMap((command) => command.options.map((option) => ({ command, option })));
const train = (...args: string[]) => ["train", "--dataset", "d", "--out-dir", "o", ...args];

describe("every option of the table", () => {
  it.each(everyOption.map(({ command, option }) => [command.name, option.name, command, option] as const))(
    "%s --%s is parsed under each of its names",
    (_command, _option, command, option) => {
      const base = command.options.filter((o) => o.required && o !== option).flatMap((
        o,
      ) => [`--${o.name}`, "x"]);
      const argument = command.argument ? [command.argument.choices?.[0] ?? "somewhere"] : [];
      for (const name of [option.name, ...(option.aliases ?? [])]) {
        const flag = name.length === 1 ? `-${name}` : `--${name}`;
        const [text, value] = sample(option);
        const typed = option.type === "flag" ? [flag] : [flag, text];
        const invocation = run([command.name, ...argument, ...base, ...typed]);
        expect(invocation.values[camelCase(option.name)]).toEqual(value);
        expect(invocation.given.has(camelCase(option.name))).toBe(true);
      }
    },
  );

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    "%s has its defaults",
    (_name, command) => {
      const { values, given } = run(required(command));
      for (const option of command.options.filter((o) => !o.required)) {
        expect(values[camelCase(option.name)], option.name).toEqual(
          option.type === "flag" ? false : option.default,
        );
        expect(given.has(camelCase(option.name))).toBe(false);
      }
    },
  );

  it.each(
    everyOption.filter(({ option }) => option.type === "integer" || option.type === "number")
      .map(({ command, option }) => [command.name, option.name, command, option] as const),
  )("%s --%s keeps its range", (_command, _option, command, option) => {
    const bad = ["x", "1e999", "", "--1"];
    if (option.min !== undefined) bad.push(String(option.min - 1));
    if (option.max !== undefined) bad.push(String(option.max + 1));
    if (option.minOpen) bad.push(String(option.min));
    if (option.maxOpen) bad.push(String(option.max));
    if (option.type === "integer") bad.push("2.5");
    for (const text of bad) {
      const message = usage([...required(command), `--${option.name}=${text}`]);
      expect(message).toContain(`--${option.name}`);
      expect(message).toContain("expected");
      expect(message).toContain(`"${text}"`);
    }
  });

  it("has an example, and names no name twice", () => {
    for (const command of COMMANDS) {
      const names = command.options.flatMap((option) => [option.name, ...(option.aliases ?? [])]);
      const later = (command.later ?? []).map((flag) => flag.name);
      expect(new Set([...names, ...later]).size).toBe(names.length + later.length);
      for (const option of command.options) expect(option.example, option.name).toContain(option.name);
    }
  });
});

describe("the guide's flags that come later", () => {
  it.each(LATER_OPTIONS.filter((flag) => !flag.accepted).map((flag) => [flag.name, flag] as const))(
    "--%s is refused",
    (_name, flag) => {
      const message = usage(train(`--${flag.name}`, ...(flag.takesValue ? ["7"] : []), "--seed", "3"));
      expect(message).toContain(`--${flag.name}: ${flag.does}`);
      expect(message).toMatch(/\n {2}spliceboost train --dataset d --out-dir o --seed 3$/);
    },
  );

  it.each(LATER_OPTIONS.filter((flag) => flag.accepted).map((flag) => [flag.name, flag] as const))(
    "--%s is accepted with a remark",
    (_name, flag) => {
      const { remarks } = run(train(`--${flag.name}`));
      expect(remarks).toEqual([`--${flag.name}: ${flag.accepted}.`]);
    },
  );

  it("are named all at once, whatever else is wrong", () => {
    const message = usage(["train", "--calibrate", "--neigh-sample=9", "--no-such", "--shap-sample", "5"]);
    for (const name of ["calibrate", "neigh-sample", "shap-sample"]) expect(message).toContain(`--${name}`);
    expect(message).toMatch(/\n {2}spliceboost train --no-such$/);
  });

  it("print a command line that a shell reads back", () => {
    const message = usage(train("--calibrate", "--algorithm-params", '{"max_depth": 3}'));
    expect(message).toContain(`--algorithm-params '{"max_depth": 3}'`);
  });

  it("are not seen in the value of another option", () => {
    expect(run(["train", "--dataset", "--calibrate", "--out-dir", "o"]).values.dataset).toBe("--calibrate");
  });

  it("do not swallow the flag after one that lacks its value", () => {
    expect(usage(train("--shap-sample", "--verbose"))).toMatch(/--out-dir o --verbose$/);
  });

  it("do not swallow the word after one that takes none", () => {
    expect(usage(train("--calibrate", "-v"))).toMatch(/--out-dir o -v$/);
    expect(usage(train("--calibrate", "word"))).toMatch(/--out-dir o word$/);
  });

  it("cover the flags of the guide's production command", () => {
    const flags =
      "train-all-genes calibrate-per-class auto-exclude-leaky monitor-overfitting calibration-analysis neigh-sample";
    for (const flag of flags.split(" ")) expect(LATER_OPTIONS.map((later) => later.name)).toContain(flag);
  });
});

describe("what is wrong", () => {
  it.each(
    [
      [train("--n-estimator", "4"), "Did you mean --n-estimators?"],
      [train("--max-depth", "4"), "has no option --max-depth"],
      [["trian"], "Did you mean train?"],
      [["--dataset", "d"], "Expected a command"],
      [["train"], "needs --dataset PATH and --out-dir DIR"],
      [["train", "--out-dir", "o"], "needs --dataset PATH."],
      [train("--seed"), "a value must follow"],
      [train("--seed", "1", "--seed", "2"), "given twice"],
      [train("--n-folds", "3", "--n-splits", "4"), "given twice"],
      [train("surplus"), "too many arguments"],
      [train("--algorithm", "lightgbm"), "later work"],
      [train("--algorithm", "xgbost"), "Did you mean xgboost?"],
      [train("--device", "cuda"), '"--device webgpu"'],
      [train("--device", "webgp"), "Did you mean webgpu?"],
      [train("--profile", "--dry-run"), "no effect with --dry-run"],
      [train("--algorithm-params", "{max_depth: 4}"), "expected a JSON object"],
      [train("--algorithm-params", "[1]"), "expected a JSON object"],
      [train("--gene-col", ""), "found an empty text"],
      [train("--json=1"), "--json"],
      [train("--n-folds", "3", "--skip-eval"), "no effect with --skip-eval"],
      [["completion", "tcsh"], "expected bash, zsh, fish"],
      [["completion"], "needs SHELL"],
      [["describe"], "needs TARGET"],
      [["simulate", "--out", "x", "--kmers", "3,3"], "stands twice"],
      [["simulate", "--out", "x", "--kmers", "3,9"], "from 1 to 6"],
    ] as const,
  )("%j", (args, expected) => {
    expect(usage(args)).toContain(expected);
  });
});

describe("help and version", () => {
  it("are asked for in the usual ways", () => {
    expect(parseArguments([])).toEqual({ kind: "help", command: null });
    expect(parseArguments(["--help"])).toEqual({ kind: "help", command: null });
    expect(parseArguments(["--version"])).toEqual({ kind: "version" });
    expect(parseArguments(["train", "--help"])).toMatchObject({ kind: "help", command: { name: "train" } });
    expect(parseArguments(["help", "predict"])).toMatchObject({ kind: "help", command: { name: "predict" } });
  });
});
