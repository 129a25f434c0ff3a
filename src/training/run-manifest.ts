/** What manifest.json says of a run: unlike the other files, this one knows where and how fast the run was made. */
import type { DeviceChoice } from "../trees/devices.ts";
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
    model_sha256: run.modelSha256,
    engine,
    device: deviceRecord(run.device),
    ...(run.profile && { profile: run.profile }),
    seconds: Object.fromEntries(Object.entries(seconds).map(([phase, s]) => [phase, Number(s.toFixed(3))])),
    notes: run.notes,
  };
}

/** Limits that decide what fits a device; bytes. */
const LIMITS = ["maxBufferSize", "maxStorageBufferBindingSize", "maxComputeWorkgroupStorageSize"] as const;

/** The choice of a device, and what its driver says of itself. */
function deviceRecord({ device, asked, reason, adapter }: DeviceChoice): Record<string, unknown> {
  return {
    kind: device,
    asked,
    reason,
    adapter: adapter && {
      vendor: adapter.vendor,
      architecture: adapter.architecture,
      device: adapter.device,
      description: adapter.description,
      software: adapter.software,
      limits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
      features: adapter.features,
    },
  };
}
