/** For the executors: SHAP values on their adapter, and how far they are from the CPU's. */
import { openGpu } from "../../src/gpu/gpu.ts";
import { explainOnGpu } from "../../src/gpu/shap.ts";
import { shapValues } from "../../src/trees/shap/shap-values.ts";
import { type ShapCase, shapData } from "../trees/shap/forests.ts";

/** The largest difference of a value from the CPU's, in units of the row's absolute sum (at least 1), a case. */
export async function main(gpu: GPU, cases: readonly ShapCase[]): Promise<number[]> {
  const device = await openGpu({ gpu, limits: "minimum" });
  const found: number[] = [];
  try {
    for (const c of cases) {
      const { models, columns } = shapData(c);
      const onCpu = await shapValues(models, columns, c.rows, { kind: "path-dependent", threads: 1 });
      const onGpu = await explainOnGpu(device, models, columns, c.rows, { bytes: 4096, steps: 20_000 });
      let worst = 0;
      models.forEach((_, m) => {
        const expected = onCpu.values[m];
        for (let row = 0; row < c.rows; row++) {
          let size = 1;
          for (let f = 0; f < c.features; f++) size += Math.abs(expected[f * c.rows + row]);
          onGpu.used.forEach((column, place) => {
            const difference = onGpu.values[m][place * c.rows + row] - expected[column * c.rows + row];
            worst = Math.max(worst, Math.abs(difference) / size);
          });
        }
      });
      found.push(worst);
    }
  } finally {
    device.destroy();
  }
  return found;
}
