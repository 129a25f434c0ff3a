/** Features into the binned matrix, one column at a time; constant and duplicate ones are left out. */
import { MatrixBuilder } from "../data/binning.ts";
import { ConstantAndDuplicateFinder } from "../data/distinct.ts";
import type { Dataset } from "../data/dataset.ts";
import type { BinnedMatrix, TileAllocator } from "../numerics/matrix.ts";
import { dataError } from "../numerics/errors.ts";
import type { GrowthParameters } from "../numerics/engine.ts";
import { type AlgorithmParameters, growthOf } from "../trees/algorithms.ts";

/** What became of a column of the data: a line of feature_manifest.csv. */
export interface FeatureReport {
  readonly name: string;
  readonly used: boolean;
  /** Why it was left out; "" where it was used. */
  readonly reason: string;
  /** Null where it was left out. */
  readonly binned: { readonly bins: number; readonly missingShare: number; readonly cell: number } | null;
}

export interface BinnedFeatures {
  readonly matrix: BinnedMatrix;
  /** Features in the data's order, then the columns that are no features. */
  readonly report: readonly FeatureReport[];
}

/**
 * Reads and bins every feature.
 * @param onColumn called before each column; may throw to stop
 * @param onUsed takes the values of each column that goes into the matrix, in its order
 * @throws SpliceboostError (data) when no feature is left
 */
export async function binFeatures(
  data: Dataset,
  maxBin: number,
  allocator: TileAllocator,
  onColumn: (done: number, total: number, name: string) => void,
  onUsed: (name: string, values: Float32Array) => void = () => {},
): Promise<BinnedFeatures> {
  const builder = new MatrixBuilder(data.rows, maxBin, allocator);
  const finder = new ConstantAndDuplicateFinder();
  const report: FeatureReport[] = [];
  for await (const { name, values } of data.columns(data.features)) {
    onColumn(report.length, data.features.length, name);
    const reason = finder.check(name, values);
    if (reason !== null) {
      report.push({ name, used: false, reason, binned: null });
      continue;
    }
    const { bins, cell, missing } = builder.add(name, values);
    onUsed(name, values);
    report.push({
      name,
      used: true,
      reason: "",
      binned: { bins, missingShare: missing / data.rows, cell },
    });
  }
  if (!report.some(({ used }) => used)) {
    throw dataError(
      `expected at least one feature, found none: of ${data.features.length} numeric columns all are constant or ` +
        "duplicates, and the others are no features (see validate)",
    );
  }
  const matrix = builder.finish();
  for (const { name, reason } of data.excluded) report.push({ name, used: false, reason, binned: null });
  return { matrix, report };
}

/**
 * Growth parameters for a matrix that holds some of the features. Constraints are resolved against all features of
 * the data, so that leaving out a constant column does not shift them.
 */
export function growthFor(
  parameters: AlgorithmParameters,
  features: readonly string[],
  matrix: BinnedMatrix,
): GrowthParameters {
  const growth = growthOf(parameters, features, matrix.layout.rows);
  const columnOf = new Map(matrix.layout.columns.map(({ name }, column) => [name, column]));
  const { monotone, interactions } = growth;
  return {
    ...growth,
    monotone: monotone && monotone.filter((_, feature) => columnOf.has(features[feature])),
    interactions: interactions &&
      interactions.map((group) => group.flatMap((feature) => columnOf.get(features[feature]) ?? [])),
  };
}
