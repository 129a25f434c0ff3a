/** StatLog's splice junctions as YDF has them: 180 binary columns, so that cut points cannot matter. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { MatrixBuilder } from "../../src/data/binning.ts";
import { type GrowthParameters, type Lane, ROLE_TRAIN } from "../../src/numerics/engine.ts";
import type { BinnedMatrix, TileAllocator } from "../../src/numerics/matrix.ts";

export const DATA = "../shared/data/tabular/ydf_dna.csv.gz";
export const hasData = existsSync(DATA);

/** The rows that the goldens are of, and a lane a class over them. */
export function dnaLanes(
  classes: readonly string[],
  parameters: GrowthParameters,
  allocate: TileAllocator,
): { rows: number; matrix: BinnedMatrix; lanes: Lane[] } {
  const [header, ...lines] = gunzipSync(readFileSync(DATA)).toString().trim().split("\n");
  const names = header.split(",").slice(0, -1);
  const rows = lines.map((line) => line.split(",")).filter((_, i) => i % 5 !== 4);
  const builder = new MatrixBuilder(rows.length, 256, allocate);
  names.forEach((name, c) => builder.add(name, Float32Array.from(rows, (row) => Number(row[c]))));
  const lanes = classes.map((name): Lane => ({
    name,
    target: Uint8Array.from(rows, (row) => (row.at(-1) === name ? 1 : 0)),
    role: new Uint8Array(rows.length).fill(ROLE_TRAIN),
    weight: null,
    baseMargin: 0,
    seed: 1,
    parameters,
  }));
  return { rows: rows.length, matrix: builder.finish(), lanes };
}
