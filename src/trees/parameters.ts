/** From what a user gives to parameters, and from parameters to an engine's growth parameters. */
import * as v from "valibot";
import type { GrowthParameters } from "../numerics/engine.ts";
import { nearestName, usageError } from "../numerics/errors.ts";
import { defaultGradientBits } from "../numerics/gradient.ts";
import { FIXED_PARAMETERS, type FixedParameter } from "./fixed-parameters.ts";
import { PARAMETERS, type TreeParameters } from "./parameter-table.ts";

export { MAX_DEPTH, type TreeParameters } from "./parameter-table.ts";

type Key = keyof TreeParameters;

export interface ResolvedParameters {
  readonly parameters: TreeParameters;
  /** Remarks about what was given: taken as something else, or without effect. */
  readonly notes: readonly string[];
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** A given value as it appears in messages. */
function show(value: unknown): string {
  if (typeof value !== "object" && typeof value !== "string") return String(value);
  try {
    const text = JSON.stringify(value);
    return text.length > 80 ? text.slice(0, 77) + "..." : text;
  } catch {
    return Object.prototype.toString.call(value);
  }
}

const KEYS = Object.keys(PARAMETERS) as Key[];
/** Every accepted spelling. */
const SPELLINGS: ReadonlyMap<string, Key> = new Map(
  KEYS.flatMap((key) =>
    [PARAMETERS[key].name, ...PARAMETERS[key].aliases].flatMap((name): [string, Key][] => [
      [name, key],
      [camelCase(name), key],
    ])
  ),
);
const FIXED: ReadonlyMap<string, FixedParameter> = new Map(
  FIXED_PARAMETERS.flatMap((spec) => [[spec.name, spec], [camelCase(spec.name), spec]]),
);

/**
 * Checks parameters against the table and fills in defaults. null and undefined mean the default, as in XGBoost's
 * scikit-learn interface.
 * @throws SpliceboostError (usage) for an unknown name, a value out of range, or one parameter given two values.
 */
export function resolveParameters(input: Readonly<Record<string, unknown>>): ResolvedParameters {
  const notes: string[] = [];
  const given = new Map<Key, { readonly name: string; readonly value: unknown }>();
  for (const [name, raw] of Object.entries(input)) {
    const fixed = FIXED.get(name);
    if (fixed) {
      checkFixed(name, raw, fixed);
      continue;
    }
    const key = SPELLINGS.get(name);
    if (key === undefined) throw unknownParameter(name);
    if (raw === null || raw === undefined) continue;
    const value = checked(name, raw, key);
    const other = given.get(key);
    if (other && JSON.stringify(other.value) !== JSON.stringify(value)) {
      throw usageError(
        `parameters "${other.name}" and "${name}" are one and the same, but were given two values: ` +
          `${show(other.value)} and ${show(value)}; give one`,
      );
    }
    given.set(key, { name, value });
    if (key === "treeMethod" && raw !== value) notes.push(`${name} ${show(raw)} is trained as "hist"`);
  }
  const parameters = Object.fromEntries(
    KEYS.map((key) => [key, given.get(key)?.value ?? PARAMETERS[key].default]),
  ) as unknown as TreeParameters;

  for (const key of ["earlyStoppingMinDelta", "evalMetric"] as const) {
    const entry = given.get(key);
    if (entry && entry.value !== PARAMETERS[key].default && parameters.earlyStoppingRounds === 0) {
      notes.push(
        `${entry.name} has no effect on the model while ${PARAMETERS.earlyStoppingRounds.name} is 0`,
      );
    }
  }
  return { parameters, notes };
}

function checked(name: string, raw: unknown, key: Key): unknown {
  const { schema, range } = PARAMETERS[key];
  const parsed = v.safeParse(schema, raw);
  if (!parsed.success) throw usageError(`parameter "${name}": expected ${range}; found ${show(raw)}`);
  return parsed.output;
}

function checkFixed(name: string, raw: unknown, { accepted, reason }: FixedParameter): void {
  if (raw === null || raw === undefined || (accepted !== undefined && Object.is(raw, accepted))) return;
  const expected = accepted === undefined ? "leave it out" : `the only accepted value is ${show(accepted)}`;
  throw usageError(`parameter "${name}" ${show(raw)} is not available: ${reason}; ${expected}`);
}

function unknownParameter(name: string): Error {
  const near = nearestName(name, SPELLINGS.keys());
  const known = KEYS.map((key) => PARAMETERS[key].name).join(", ");
  return usageError(
    `unknown parameter "${name}"` + (near ? `; did you mean "${near}"?` : `; known parameters: ${known}`),
  );
}

/**
 * What an engine needs of the parameters, with features named in constraints found among `featureNames`.
 * @param rows of the matrix: the gradient grid's default width goes by them.
 * @throws SpliceboostError (usage) where a constraint names an unknown feature or has the wrong length.
 */
export function toGrowth(
  parameters: TreeParameters,
  featureNames: readonly string[],
  rows: number,
): GrowthParameters {
  return {
    rounds: parameters.nEstimators,
    learningRate: parameters.learningRate,
    maxDepth: parameters.maxDepth,
    minChildWeight: parameters.minChildWeight,
    gamma: parameters.gamma,
    regLambda: parameters.regLambda,
    regAlpha: parameters.regAlpha,
    maxDeltaStep: parameters.maxDeltaStep,
    subsample: parameters.subsample,
    colsampleBytree: parameters.colsampleBytree,
    colsampleBylevel: parameters.colsampleBylevel,
    colsampleBynode: parameters.colsampleBynode,
    monotone: resolveMonotone(parameters, featureNames),
    interactions: resolveInteractions(parameters, featureNames),
    gradientBits: parameters.gradientBits ?? defaultGradientBits(rows),
    earlyStopping: parameters.earlyStoppingRounds === 0 ? null : {
      patience: parameters.earlyStoppingRounds,
      minDelta: parameters.earlyStoppingMinDelta,
      metric: parameters.evalMetric,
    },
  };
}

function resolveMonotone(
  { monotoneConstraints: signs }: TreeParameters,
  featureNames: readonly string[],
): Int8Array | null {
  if (signs === null) return null;
  const name = PARAMETERS.monotoneConstraints.name;
  const monotone = new Int8Array(featureNames.length);
  if (Array.isArray(signs)) {
    if (signs.length !== featureNames.length) {
      throw usageError(
        `${name}: expected one value for each of the ${featureNames.length} features, found ${signs.length};` +
          ` name the features instead, as {"${featureNames[0]}": 1}`,
      );
    }
    monotone.set(signs);
  } else {
    const indexOf = featureIndex(name, featureNames);
    for (const [feature, sign] of Object.entries(signs)) monotone[indexOf(feature)] = sign;
  }
  return monotone.some((sign) => sign !== 0) ? monotone : null;
}

function resolveInteractions(
  { interactionConstraints: groups }: TreeParameters,
  featureNames: readonly string[],
): readonly (readonly number[])[] | null {
  if (groups === null) return null;
  const indexOf = featureIndex(PARAMETERS.interactionConstraints.name, featureNames);
  return groups.map((group) => [...new Set(group.map(indexOf))].sort((a, b) => a - b));
}

function featureIndex(
  parameter: string,
  featureNames: readonly string[],
): (feature: string | number) => number {
  const indices = new Map(featureNames.map((name, index) => [name, index]));
  return (feature) => {
    const index = typeof feature === "number" ? feature : indices.get(feature);
    if (index !== undefined && index < featureNames.length) return index;
    if (typeof feature === "number") {
      throw usageError(
        `${parameter}: feature ${feature} is out of range; there are ${featureNames.length} features`,
      );
    }
    const near = nearestName(feature, featureNames);
    throw usageError(
      `${parameter}: there is no feature "${feature}"` + (near ? `; did you mean "${near}"?` : ""),
    );
  };
}

/** docs/parameters.md. */
export function parametersMarkdown(): string {
  const lines = [
    "# Parameters of the learner",
    "",
    "Made from `src/trees/parameter-table.ts` and `fixed-parameters.ts`; a test compares them (run it with `-u` to write this file anew).",
    "",
    "Names and meanings are XGBoost's; the camel case spelling of every name is accepted too. null means the default.",
    "",
  ];
  for (const key of KEYS) {
    const { name, aliases, range, default: value, doc } = PARAMETERS[key];
    const also = aliases.length > 0 ? ` (also ${aliases.map((alias) => `\`${alias}\``).join(", ")})` : "";
    const fallback = value === null ? "" : ` Default ${value}.`;
    lines.push(`- \`${name}\`${also}: ${doc} Takes ${range}.${fallback}`);
  }
  lines.push("", "## Parameters of XGBoost with one accepted value, or none", "");
  for (const { name, accepted, reason } of FIXED_PARAMETERS) {
    lines.push(
      `- \`${name}\`: ${accepted === undefined ? "not accepted" : `only \`${accepted}\``}; ${reason}.`,
    );
  }
  return lines.join("\n") + "\n";
}
