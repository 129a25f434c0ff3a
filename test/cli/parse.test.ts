import { describe, expect, it } from "vitest";
import { EXIT_CODES, SpliceboostError } from "../../src/numerics/errors.ts";
import { LATER_OPTIONS } from "../../src/cli/later-options.ts";
import { camelCase, type CommandSpec, type OptionSpec } from "../../src/cli/option-types.ts";
import { COMMANDS } from "../../src/cli/options.ts";
import { type Invocation, parseArguments } from "../../src/cli/parse.ts";

/** Arguments that a command cannot do without, but for one option. */
function required(command: CommandSpec, except?: OptionSpec): string[] {
  const { choices, several = 1 } = command.argument ?? {};
  const operands = Array.from({ length: command.argument ? several : 0 }, (_, i) => `somewhere${i || ""}`);
  return [
    command.name,
    ...(choices ? [choices[0]] : operands),
    ...command.options.filter((o) => o.required && o !== except).flatMap((o) => [`--${o.name}`, "x"]),
  ];
}

/** An option as it is typed. */
function typed(option: OptionSpec, name = option.name): string[] {
  const flag = name.length === 1 ? `-${name}` : `--${name}`;
  return option.type === "flag" ? [flag] : [flag, sample(option)[0]];
}

/** The option of that name, as it is typed. */
function typedOf(command: CommandSpec, name: string): string[] {
  return typed(command.options.find((option) => option.name === name)!);
}

/** What an option needs beside it: the first that will do. */
function company(command: CommandSpec, option: OptionSpec): string[] {
  return option.needs ? typedOf(command, option.needs[0]) : [];
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
      const base = [...required(command, option), ...company(command, option)];
      for (const name of [option.name, ...(option.aliases ?? [])]) {
        const invocation = run([...base, ...typed(option, name)]);
        expect(invocation.values[camelCase(option.name)]).toEqual(sample(option)[1]);
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
      const message = usage([...required(command), ...company(command, option), `--${option.name}=${text}`]);
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

describe("options that could have no effect", () => {
  it.each(
    everyOption.flatMap(({ command, option }) =>
      (option.conflicts ?? []).map((other) => [command.name, option.name, other, command, option] as const)
    ),
  )("%s --%s is refused with --%s", (_command, _option, other, command, option) => {
    const args = [...required(command), ...company(command, option), ...typed(option)];
    // compare-algorithms has not all options of train.
    if (!command.options.some(({ name }) => name === other)) return;
    const message = usage([...args, ...typedOf(command, other)]);
    expect(message).toMatch(/^--[\w-]+ has no effect with --[\w-]+: leave one of them out\.$/);
    expect(message).toContain(`--${other}`);
    expect(run(args).given.has(camelCase(option.name))).toBe(true);
  });

  it.each(
    everyOption.filter(({ option }) => option.needs)
      .map(({ command, option }) => [command.name, option.name, command, option] as const),
  )("%s --%s is refused without what it needs", (_command, _option, command, option) => {
    const needs = option.needs!;
    expect(usage([...required(command), ...typed(option)])).toBe(
      `--${option.name} has no effect without ${needs.map((name) => `--${name}`).join(" or ")}: ` +
        "give that too, or leave it out.",
    );
    for (const name of needs) {
      expect(() => run([...required(command), ...typed(option), ...typedOf(command, name)])).not.toThrow();
    }
  });

  it("know the options that they name", () => {
    for (const { command, option } of everyOption) {
      if (command.name === "compare-algorithms") continue;
      for (const name of [...(option.conflicts ?? []), ...(option.needs ?? [])]) {
        expect(command.options.map((other) => other.name), option.name).toContain(name);
      }
    }
  });
});

describe("flags that begin with no-", () => {
  const negative = everyOption.filter(({ option }) => option.name.startsWith("no-"));

  it.each(negative.map(({ command, option }) => [command.name, option.name, command, option] as const))(
    "%s --%s is a flag of its own, off unless typed",
    (_command, _name, command, option) => {
      const [off, on] = [run(required(command)), run([...required(command), ...typed(option)])];
      expect([off.values[camelCase(option.name)], on.values[camelCase(option.name)]]).toEqual([false, true]);
      // To commander, --no-x would be the opposite of an option --x.
      const opposite = option.name.replace("no-", "");
      expect(Object.keys(on.values)).not.toContain(camelCase(opposite));
      expect(usage([...required(command), `--${opposite}`])).toContain(`has no option --${opposite}`);
    },
  );

  it("are two of train's", () => {
    expect(negative.filter(({ command }) => command.name === "train").map(({ option }) => option.name))
      .toEqual(["no-overconfidence-check", "no-leakage-check"]);
  });
});

describe("several arguments", () => {
  it("are all kept, in order, wherever the options stand", () => {
    const { argument, operands, values } = run(["compare", "a", "--seed", "7", "b", "--json", "c"]);
    expect([argument, operands]).toEqual(["a", ["a", "b", "c"]]);
    expect(values).toMatchObject({ seed: 7, json: true });
    expect(run(["compare", "a", "--", "--b"]).operands).toEqual(["a", "--b"]);
  });

  it("are one, or none, for the other commands", () => {
    expect(run(["report", "a"]).operands).toEqual(["a"]);
    expect(run(train()).operands).toEqual([]);
    expect(usage(["report", "a", "b"])).toContain("too many arguments");
  });

  it.each([[[], "needs RUN: "], [["a"], "needs at least 2 of RUN, found 1: "]])(
    "are too few: %j",
    (operands, expected) => {
      const message = usage(["compare", ...operands]);
      expect(message).toContain(expected);
      expect(message).toContain("Example: spliceboost compare results/xgboost results/catboost");
    },
  );
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
    const message = usage(["train", "--errors-only", "--top-k=9", "--no-such", "--base-tsv", "5"]);
    for (const name of ["errors-only", "top-k", "base-tsv"]) expect(message).toContain(`--${name}`);
    expect(message).toMatch(/\n {2}spliceboost train --no-such$/);
  });

  it("print a command line that a shell reads back", () => {
    const message = usage(train("--errors-only", "--algorithm-params", '{"max_depth": 3}'));
    expect(message).toContain(`--algorithm-params '{"max_depth": 3}'`);
  });

  it("are not seen in the value of another option", () => {
    const { values } = run(["train", "--dataset", "--errors-only", "--out-dir", "o"]);
    expect(values.dataset).toBe("--errors-only");
  });

  it("do not swallow the flag after one that lacks its value", () => {
    expect(usage(train("--base-tsv", "--verbose"))).toMatch(/--out-dir o --verbose$/);
  });

  it("do not swallow the word after one that takes none", () => {
    expect(usage(train("--errors-only", "-v"))).toMatch(/--out-dir o -v$/);
    expect(usage(train("--errors-only", "word"))).toMatch(/--out-dir o word$/);
  });

  it("cover the flags of the guide's production command", () => {
    const words = "--train-all-genes --n-estimators 800 --calibrate-per-class --auto-exclude-leaky " +
      "--monitor-overfitting --calibration-analysis --neigh-sample 2000 --early-stopping-patience 30 --verbose";
    const message = usage(train(...words.split(" ")));
    expect(message).toContain("this flag of the guide");
    expect(message).toContain("--train-all-genes: training of several instances");
    const rest = message.split("\n").at(-1)!.trim().split(" ").slice(1);
    expect(rest.join(" ")).toBe(train(...words.split(" ").slice(1)).join(" "));
    expect([...run(rest).given]).toEqual(expect.arrayContaining(["calibratePerClass", "neighSample"]));
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
      [train("--algorithm", "catboost"), "later work"],
      [train("--algorithm", "xgbost"), "Did you mean xgboost?"],
      [train("--device", "cuda"), '"--device webgpu"'],
      [train("--device", "webgp"), "Did you mean webgpu?"],
      [train("--profile", "--dry-run"), "no effect with --dry-run"],
      [train("--algorithm-params", "{max_depth: 4}"), "expected a JSON object"],
      [train("--algorithm-params", "[1]"), "expected a JSON object"],
      [train("--gene-col", ""), "found an empty text"],
      [train("--json=1"), "--json"],
      [train("--calibrate", "--calib-method", "isotonc"), "Did you mean isotonic?"],
      [train("--plot-format", "jpg"), "expected svg, png, pdf"],
      [train("--shap-kind", "path"), "expected path-dependent, interventional"],
      [train("--no-leakage-chek"), "Did you mean --no-leakage-check?"],
      [train("--calibrate", "--site-rate", "1"), "a number above 0 and below 1"],
      [train("--target-precision", "0"), "a number above 0"],
      [["predict", "--threshold-policy"], "a value must follow"],
      [["compare-algorithms", "--dataset", "d", "--out-dir", "o", "--dry-run"], "has no option --dry-run"],
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
