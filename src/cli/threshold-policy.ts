/** `--threshold-policy`: how the class of a prediction is called. */
import { join } from "node:path";
import { applyPolicy, policyRule } from "../evaluation/thresholds/policy.ts";
import { type ParsedThresholds, parseThresholds } from "../evaluation/thresholds/text.ts";
import { GOAL_NAMES, type GoalName, type PolicyThresholds } from "../evaluation/thresholds/types.ts";
import { dataError, nearestName, SpliceboostError, usageError } from "../numerics/errors.ts";
import { isDirectory, readIfPresent } from "./files.ts";

const THRESHOLDS_FILE = "threshold_suggestion.txt";
const LARGEST = "argmax";

/** Calls classes of predictions. */
export interface ClassCaller {
  /** Null where the largest probability calls. */
  readonly thresholds: PolicyThresholds | null;
  /** What calls, in a sentence. */
  readonly said: string;
  /**
   * @param probabilities (n, 3) row-major, neither/donor/acceptor
   * @returns class code per row (n)
   */
  call(probabilities: Float32Array): Uint8Array;
}

/**
 * What a policy's name, or the file it names, calls by.
 * @param model what --model says: a run directory has suggested thresholds
 * @throws SpliceboostError: "usage" for a policy that is neither known nor a file, "data" where there are no thresholds to call by
 */
export async function openPolicy(policy: string, model: string): Promise<ClassCaller> {
  if (policy === LARGEST) {
    return {
      thresholds: null,
      said: "Calls the class of the largest probability (--threshold-policy argmax).",
      call: largestClass,
    };
  }
  const goal = GOAL_NAMES.find((name) => name === policy);
  const path = goal ? await suggestionPath(goal, model) : policy;
  const bytes = await readIfPresent(path);
  if (bytes === null) throw goal ? noSuggestion(goal, model) : unknownPolicy(policy);
  const thresholds = parsed(path, bytes)[goal ?? "file"];
  const rule = policyRule(thresholds);
  if (rule === null) throw noThresholds(goal, path);
  const { global, donor, acceptor } = thresholds;
  const by = rule === "global"
    ? `donor + acceptor of at least ${global}`
    : `a donor probability of at least ${donor} or an acceptor probability of at least ${acceptor}`;
  return {
    thresholds,
    said: `Calls a site by ${by} (${goal ? `${goal}, ` : ""}${path}).`,
    call: (probabilities) => applyPolicy(thresholds, probabilities),
  };
}

async function suggestionPath(goal: GoalName, model: string): Promise<string> {
  if (await isDirectory(model)) return join(model, THRESHOLDS_FILE);
  throw dataError(
    `--threshold-policy ${goal} takes the thresholds of a run directory, and --model ${model} is none: ` +
      `name the directory, or give a file of thresholds (--threshold-policy ${THRESHOLDS_FILE}).`,
  );
}

function noSuggestion(goal: GoalName, model: string): SpliceboostError {
  return dataError(
    `--threshold-policy ${goal}: expected ${THRESHOLDS_FILE} in ${model}, found none. ` +
      "A run has it when it was cross-validated (without --skip-eval); a file of thresholds will do too.",
  );
}

function unknownPolicy(policy: string): SpliceboostError {
  const known = [LARGEST, ...GOAL_NAMES];
  const near = nearestName(policy, known);
  return usageError(
    `--threshold-policy: expected ${known.join(", ")} or a file of thresholds, found "${policy}", ` +
      `which is no such file.${near ? ` Did you mean ${near}?` : ""}`,
  );
}

function noThresholds(goal: GoalName | undefined, path: string): SpliceboostError {
  return dataError(
    goal
      ? `--threshold-policy ${goal}: ${path} has no such threshold, neither for all sites nor for both donors and acceptors: ` +
        "the goal could not be met in training. Its comments say why; choose another policy, or edit a copy of the file."
      : `--threshold-policy ${path}: expected a line threshold_global, or threshold_donor and threshold_acceptor, ` +
        "with a number, found none.",
  );
}

function parsed(path: string, bytes: Uint8Array): ParsedThresholds {
  try {
    return parseThresholds(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SpliceboostError) throw dataError(`${path}: ${error.message}`, error);
    throw error;
  }
}

/** Class of the largest probability, ties to the lowest code. */
function largestClass(probabilities: Float32Array): Uint8Array {
  const codes = new Uint8Array(probabilities.length / 3);
  for (let row = 0; row < codes.length; row++) {
    const [neither, donor, acceptor] = probabilities.subarray(3 * row, 3 * row + 3);
    if (donor > neither || acceptor > neither) codes[row] = donor >= acceptor ? 1 : 2;
  }
  return codes;
}
