/** What a run depends on, so that a checkpoint is used by the same run only. */
import type { Dataset } from "../data/dataset.ts";
import type { MatrixLayout } from "../numerics/matrix.ts";
import { Sha256 } from "../numerics/sha256.ts";
import { VERSION } from "../version.ts";
import type { RunIdentity } from "./checkpoint.ts";
import type { ResolvedSettings } from "./settings.ts";

/** SHA-256 of the gene ids, one a line. */
export function geneListHash(genes: readonly string[]): string {
  return new Sha256().update(new TextEncoder().encode(genes.map((gene) => gene + "\n").join(""))).hex();
}

/** Identity of a run: thresholds and devices do not change a tree and are no part of it. */
export function runIdentity(data: Dataset, layout: MatrixLayout, settings: ResolvedSettings): RunIdentity {
  const { device: _device, ...parameters } = settings.parameters;
  return {
    "library version": VERSION,
    data: dataHash(data, layout),
    algorithm: settings.algorithm,
    ...parameters,
    nFolds: settings.nFolds,
    validSize: settings.validSize,
    holdoutRepeats: settings.holdoutRepeats,
    shuffleLabels: settings.shuffleLabels,
    // Which columns a lane may split on.
    leaksLeftOut: settings.autoExcludeLeaky ? settings.leakageThreshold : null,
    screenedRows: settings.autoExcludeLeaky ? settings.diagSample : null,
  };
}

/** Input files, rows, genes and labels, and how the features were binned. */
function dataHash(data: Dataset, layout: MatrixLayout): string {
  const hash = new Sha256();
  const text = (value: unknown) => hash.update(new TextEncoder().encode(JSON.stringify(value)));
  text(data.inputs.map(({ bytes, sha256 }) => [bytes, sha256]));
  text(data.genes);
  text([...data.geneStart]);
  if (data.labels) hash.update(data.labels);
  for (const { name, cell, radix, bins, missingBin, cuts } of layout.columns) {
    text([name, cell, radix, bins, missingBin]);
    hash.update(new Uint8Array(cuts.buffer, cuts.byteOffset, cuts.byteLength));
  }
  return hash.hex();
}
