/** `spliceboost compare-algorithms`: trains several learners with the same options, and compares their runs. */
import { join } from "node:path";
import { nearestName, usageError } from "../../numerics/errors.ts";
import { type Context, printJson } from "../context.ts";
import { camelCase, type OptionSpec } from "../option-types.ts";
import type { OptionValue } from "../option-values.ts";
import { type Invocation, parseArguments } from "../parse.ts";
import { ALGORITHMS } from "../train-options.ts";
import { compareCommand } from "./compare.ts";
import { type Learner, trainCommand } from "./train.ts";

/** Options of `train` whose value counts for the whole, or that are no option of a single run. */
const OWN = new Set(["algorithms", "out-dir", "json"]);

/** Runs `compare-algorithms`; returns the exit code, that of the first run that fails. */
export async function compareAlgorithmsCommand(
  invocation: Invocation,
  context: Context,
  learner: Partial<Learner> = {},
): Promise<number> {
  const { values, given } = invocation;
  const algorithms = algorithmNames(String(values.algorithms));
  const outDir = String(values.outDir);
  const shared = invocation.command.options.filter(({ name }) => !OWN.has(name) && given.has(camelCase(name)))
    .flatMap((option) => words(option, values[camelCase(option.name)]));
  const runs = algorithms.map((algorithm) => join(outDir, algorithm));
  for (const [i, algorithm] of algorithms.entries()) {
    const args = ["train", "--algorithm", algorithm, "--out-dir", runs[i], ...shared];
    context.log.info(`Runs: spliceboost ${args.join(" ")}`);
    const code = await trainCommand(asInvocation(args), { ...context, out: () => {} }, learner);
    if (code !== 0) return code;
  }
  if (runs.length === 1) {
    if (values.json === true) printJson(context, { runs, compared: [] });
    else context.out(`One learner, so there is nothing to compare; its run lies in ${runs[0]}.\n`);
    return 0;
  }
  const flags = ["quiet", "verbose", "json"].filter((name) => values[name] === true).map((name) =>
    `--${name}`
  );
  return await compareCommand(
    asInvocation(["compare", ...runs, "--out", join(outDir, "comparison.json"), ...flags]),
    context,
  );
}

function algorithmNames(text: string): string[] {
  const known: readonly string[] = ALGORITHMS;
  const names = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearestName(unknown, known);
    throw usageError(
      `--algorithms: expected names of ${known.join(", ")}, found "${unknown}".` +
        (near ? ` Did you mean ${near}?` : ""),
    );
  }
  if (names.length === 0 || new Set(names).size < names.length) {
    throw usageError(`--algorithms: expected different names, found "${text}".`);
  }
  return names;
}

/** An option as it is typed. */
function words({ name, type }: OptionSpec, value: OptionValue | undefined): string[] {
  if (type === "flag") return [`--${name}`];
  return [`--${name}`, type === "json" ? JSON.stringify(value) : String(value)];
}

function asInvocation(args: readonly string[]): Invocation {
  const request = parseArguments(args);
  if (request.kind !== "run") throw new Error(`not a command to run: ${args.join(" ")}`);
  return request;
}
