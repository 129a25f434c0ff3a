/** For the executors: predicts on their adapter and says where margins are not those of TreeModel.marginsOf. */
import { openGpu } from "../../src/gpu/gpu.ts";
import { createGpuPredictor } from "../../src/gpu/predictor.ts";
import { extremeForest, type ForestShape } from "./extreme-forest.ts";

export interface Comparison {
  readonly rows: number;
  /** "model m, row r: expected x, found y" of the first difference, or empty. */
  readonly difference: string;
}

/** Compares forests one after another, in chunks of a few rows and dispatches of a few trees. */
export async function main(gpu: GPU, shapes: readonly ForestShape[]): Promise<Comparison> {
  const device = await openGpu({ gpu, limits: "minimum" });
  const predictor = createGpuPredictor(device, { bytes: 4096, visits: 5000 });
  let [rows, difference] = [0, ""];
  try {
    for (const shape of shapes) {
      const { models, columns } = extremeForest(shape);
      const found = await predictor.margins(models, columns, shape.rows);
      models.forEach((model, m) =>
        model.marginsOf(columns, shape.rows).forEach((margin, row) => {
          if (margin === found[m][row]) return;
          difference ||= `model ${m}, row ${row}: expected ${margin}, found ${found[m][row]}`;
        })
      );
      rows += shape.rows;
    }
  } finally {
    device.destroy();
  }
  return { rows, difference };
}
