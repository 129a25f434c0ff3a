/** What manifest.json says of a run: unlike the other files, this one knows where and how fast the run was made. */
import { VERSION } from "../version.ts";
import type { RunFacts } from "./run-files.ts";

/** The run's part of manifest.json; `seconds` by phase. */
export function runManifest(
  { run, data, folds }: RunFacts,
  engine: string,
  seconds: Readonly<Record<string, number>>,
): Record<string, unknown> {
  const { training, featureNames } = run.model;
  return {
    library: { name: "spliceboost", version: VERSION },
    settings: run.settings,
    inputs: data.inputs,
    data: {
      genes: data.genes.length,
      rows: data.rows,
      features: featureNames.length,
      gene_list_sha256: training.geneListSha256,
      label_spellings: data.labelSpellings,
    },
    n_folds: folds?.nFolds ?? null,
    trees: run.rounds,
    engine,
    seconds: Object.fromEntries(Object.entries(seconds).map(([phase, s]) => [phase, Number(s.toFixed(3))])),
    notes: run.notes,
  };
}
