/** Parameters of logistic regression, by scikit-learn's names and meanings. */
import * as v from "valibot";
import { nearestName, type SpliceboostError, usageError } from "../numerics/errors.ts";

export type PenaltyName = "l2" | "l1" | "elasticnet" | "none";

export interface LogisticParameters {
  readonly penalty: PenaltyName;
  /** Inverse strength of the penalty, beside the sum (not the mean) of the rows' losses. */
  readonly C: number;
  /** Share of the l1 norm in the elastic net; null with other penalties. */
  readonly l1Ratio: number | null;
  /** Factor of the rows' weights by class, 1 for classes not named; or "balanced": the same total weight for both classes of a classifier. */
  readonly classWeight: "balanced" | Readonly<Record<string, number>> | null;
  /** Violation of the conditions of optimality to reach, in units of the mean loss. */
  readonly tol: number;
  /** Newton steps, at most. */
  readonly maxIter: number;
}

interface Spec {
  readonly name: string;
  readonly schema: v.GenericSchema;
  readonly range: string;
  readonly default: LogisticParameters[keyof LogisticParameters];
}

const above0 = v.pipe(v.number(), v.finite(), v.gtValue(0));

const SPECS: { readonly [K in keyof LogisticParameters]: Spec } = {
  penalty: {
    name: "penalty",
    schema: v.picklist(["l2", "l1", "elasticnet", "none"]),
    range: "l2, l1, elasticnet or none",
    default: "l2",
  },
  C: { name: "C", schema: above0, range: 'a number above 0 (for no penalty: penalty "none")', default: 1 },
  l1Ratio: {
    name: "l1_ratio",
    schema: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    range: "a number from 0 (l2) to 1 (l1)",
    default: null,
  },
  classWeight: {
    name: "class_weight",
    schema: v.union([v.literal("balanced"), v.record(v.string(), above0)]),
    range: '"balanced", or a number above 0 a class, as {"donor": 2}',
    default: null,
  },
  tol: { name: "tol", schema: above0, range: "a number above 0", default: 1e-6 },
  maxIter: {
    name: "max_iter",
    schema: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
    range: "a whole number from 1 to 1000000",
    default: 100,
  },
};

/** Parameters of scikit-learn that are not available, and why. */
const NOT_AVAILABLE: Readonly<Record<string, string>> = {
  solver: "the solver follows from the penalty",
  fit_intercept: "there always is an intercept, without a penalty",
  intercept_scaling: "the intercept has no penalty",
  dual: "the primal problem is solved",
  random_state: "nothing is drawn at random",
  seed: "nothing is drawn at random",
  multi_class: "with more than two classes each is told from the rest",
  warm_start: "every fit starts at coefficients of 0",
  n_jobs: "a fit runs on one thread",
  verbose: "a fit prints nothing",
};

type Key = keyof LogisticParameters;
const KEYS = Object.keys(SPECS) as Key[];
const SPELLINGS: ReadonlyMap<string, Key> = new Map(
  KEYS.flatMap((key): [string, Key][] => [[SPECS[key].name, key], [key, key]]),
);

/**
 * Checks parameters (snake or camel case) and fills in defaults; null and undefined mean the default.
 * @throws SpliceboostError (usage) for an unknown name, a value out of range, or parameters that contradict each other
 */
export function resolveLogistic(input: Readonly<Record<string, unknown>>): LogisticParameters {
  const given = new Map<Key, unknown>();
  for (const [name, raw] of Object.entries(input)) {
    const key = SPELLINGS.get(name);
    if (key === undefined) throw unknown(name);
    if (raw === null || raw === undefined) continue;
    const { schema, range } = SPECS[key];
    const parsed = v.safeParse(schema, raw);
    if (!parsed.success) throw usageError(`parameter "${name}": expected ${range}; found ${show(raw)}`);
    if (given.has(key) && show(given.get(key)) !== show(parsed.output)) {
      throw usageError(`parameter "${SPECS[key].name}" was given twice, with two values: give one`);
    }
    given.set(key, parsed.output);
  }
  const parameters = Object.fromEntries(
    KEYS.map((key) => [key, given.get(key) ?? SPECS[key].default]),
  ) as unknown as LogisticParameters;
  const { penalty, l1Ratio } = parameters;
  if (penalty === "none" && given.has("C")) {
    throw usageError('parameter "C" can have no effect with penalty "none": leave out one or the other');
  }
  if (penalty === "elasticnet" && l1Ratio === null) {
    throw usageError('penalty "elasticnet": expected "l1_ratio", the share of l1 from 0 to 1; give it');
  }
  if (penalty !== "elasticnet" && l1Ratio !== null) {
    throw usageError(
      `parameter "l1_ratio" can have no effect with penalty "${penalty}": leave it out, or give penalty "elasticnet"`,
    );
  }
  return parameters;
}

/** The one name, in camel case, of a parameter that has two spellings. */
export function logisticKey(name: string): string {
  return SPELLINGS.get(name) ?? name;
}

function unknown(name: string): SpliceboostError {
  const snake = name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
  if (Object.hasOwn(NOT_AVAILABLE, snake)) {
    return usageError(`parameter "${name}" is not available: ${NOT_AVAILABLE[snake]}; leave it out`);
  }
  const near = nearestName(name, SPELLINGS.keys());
  const known = KEYS.map((key) => SPECS[key].name).join(", ");
  return usageError(
    `unknown parameter "${name}"` + (near ? `; did you mean "${near}"?` : `; known parameters: ${known}`),
  );
}

function show(value: unknown): string {
  return typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);
}
