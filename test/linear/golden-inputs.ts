/** Inputs of the goldens, made as bench/peers/linear_goldens.py makes them, and its real data. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export interface Recipe {
  readonly seed: number;
  readonly rows: number;
  readonly dense: number;
  readonly counts: number;
  readonly classes: number;
  readonly missing: number;
  readonly weighted: boolean;
}

export interface Inputs {
  readonly columns: Float32Array[];
  readonly y: (number | string)[];
  readonly weight: Float64Array | undefined;
}

/** Numerical Recipes' generator, in [0, 1): the products stay below 2^53. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (1664525 * state + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Columns of numbers with offsets and of mostly zeros, labels that lean on the first of each, weights of which some are 0. */
export function makeInputs({ seed, rows, dense, counts, classes, missing, weighted }: Recipe): Inputs {
  const u = uniform(seed);
  const columns = Array.from({ length: dense + counts }, () => new Float32Array(rows));
  const y: number[] = [];
  const weight = new Float64Array(rows).fill(1);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < dense; j++) columns[j][i] = (u() - 0.5) * (j + 1) + 10 * j;
    for (let j = dense; j < dense + counts; j++) {
      const v = u();
      columns[j][i] = v < 0.7 ? 0 : Math.floor((v - 0.7) * 10) + 1;
    }
    const lean = columns[0][i] + 0.3 * columns[dense][i] + u() - 0.5;
    y.push(Math.min(classes - 1, Math.max(0, Math.trunc((lean + 1) * classes / 2.5))));
    if (weighted) weight[i] = Math.floor(u() * 4) / 2;
    for (let j = 0; missing > 0 && j < columns.length; j += 2) if (u() < missing) columns[j][i] = NaN;
  }
  return { columns, y, weight: weighted ? weight : undefined };
}

const folder = "../shared/data/tabular";
export const realDataPresent = existsSync(`${folder}/uci_splice.data.gz`);

const lines = (name: string): string[] =>
  gunzipSync(readFileSync(`${folder}/${name}`)).toString().trim().split("\n");

/** The real sets of the goldens, by name. */
export const REAL: Readonly<Record<string, () => Inputs>> = {
  /** Four 0/1 columns a base, N in none of them. */
  uci_splice() {
    const rows = lines("uci_splice.data.gz").map((line) => line.split(",").map((part) => part.trim()));
    const columns = Array.from(
      { length: 240 },
      (_, c) => Float32Array.from(rows, ([, , sequence]) => sequence[c >> 2] === "ACGT"[c & 3] ? 1 : 0),
    );
    return { columns, y: rows.map(([label]) => label), weight: undefined };
  },
  /** Its numbers; hours per week are made missing where the occupation is. */
  ydf_adult() {
    const [header, ...rows] = lines("ydf_adult_train.csv.gz").map((line) => line.trim().split(","));
    const at = (name: string): number => header.indexOf(name);
    const names = ["age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"];
    const columns = names.map((name) => Float32Array.from(rows, (row) => Number(row[at(name)])));
    rows.forEach((row, i) => {
      if (row[at("occupation")] === "") columns[5][i] = NaN;
    });
    return { columns, y: rows.map((row) => row[at("income")]), weight: undefined };
  },
};

export function namedColumns(columns: readonly Float32Array[]): Record<string, Float32Array> {
  return Object.fromEntries(columns.map((values, c) => [`f${c}`, values]));
}
