/** For the executors: a whole training through the library on their adapter, from the files of a data set to the model's hash. */
import { createGpuEngine } from "../../src/gpu/engine.ts";
import {
  modelHash,
  openDataset,
  saveModel,
  simulateDataset,
  train,
  type TrainSettings,
} from "../../src/index.ts";
import { Sha256 } from "../../src/numerics/sha256.ts";

/** What to train on, and how. */
export interface MatrixJob {
  /** Genes to simulate; or else files, absolute paths. */
  readonly genes?: number;
  readonly files?: readonly string[];
  readonly settings: TrainSettings;
  /** Leaves out the comparison of kernels with their twins that else comes first: half the time of a small training. */
  readonly unchecked?: boolean;
}

/** What came of it: one for all engines, devices and browsers. */
export interface MatrixResult {
  readonly model: string;
  /** Of the out-of-fold probabilities, f32 each. */
  readonly outOfFold: string;
  readonly rows: number;
}

/** Trains on the device, or, without one, on the CPU engine. */
export async function main(
  gpu: GPU | null,
  { genes, files, settings, unchecked }: MatrixJob,
  load: (path: string) => Promise<Uint8Array>,
): Promise<MatrixResult> {
  const inputs: { name: string; data: Uint8Array }[] = [];
  if (genes !== undefined) {
    for await (const { path, bytes } of simulateDataset({ genes, seed: 7 })) {
      if (path.endsWith(".parquet")) inputs.push({ name: path, data: bytes });
    }
  }
  for (const path of files ?? []) inputs.push({ name: path.split("/").at(-1)!, data: await load(path) });
  const data = await openDataset(inputs);
  const engine = gpu && unchecked ? await createGpuEngine({ gpu, selfCheck: false }) : null;
  const place = engine ? { engine } : gpu ? { device: "webgpu" as const, gpu } : { device: "cpu" as const };
  const run = await train(data, { ...settings, ...place });
  await engine?.close();
  const { probabilities } = run.oof!;
  const bytes = new Uint8Array(probabilities.buffer, probabilities.byteOffset, probabilities.byteLength);
  return {
    model: await modelHash(saveModel(run.model)),
    outOfFold: new Sha256().update(bytes).hex(),
    rows: data.rows,
  };
}
