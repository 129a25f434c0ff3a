/** A predictor with a device of its own, which the loss of that device does not stop. */
import { type GpuOptions, openGpu } from "../gpu/gpu.ts";
import { createGpuPredictor } from "../gpu/predictor.ts";
import { SpliceboostError } from "../numerics/errors.ts";
import { createQueue, type TreePredictor } from "../numerics/predictor.ts";

/**
 * Opens a device and a predictor on it; closing it destroys the device. Where the device is lost, it is opened anew and the prediction
 * begun again, once: `margins` rejects with kind "lost" when that is lost too.
 * @throws SpliceboostError (device) where there is no usable adapter
 */
export async function openGpuPredictor(options: GpuOptions = {}): Promise<TreePredictor> {
  let gpu = await openGpu(options);
  let predictor = createGpuPredictor(gpu);
  let closed = false;
  const isLost = (): boolean => gpu.isLost && !closed;
  const queue = createQueue();

  const margins: TreePredictor["margins"] = async (models, columns, rows) => {
    try {
      return await predictor.margins(models, columns, rows);
    } catch (error) {
      if (!isLost()) throw error;
    }
    gpu = await openGpu(options);
    predictor = createGpuPredictor(gpu);
    try {
      return await predictor.margins(models, columns, rows);
    } catch (error) {
      if (!isLost()) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const text = `${gpu.description} was lost twice (${reason}); predict on the CPU (--device cpu)`;
      throw new SpliceboostError("lost", text, { cause: error });
    }
  };
  return {
    margins: (models, columns, rows) => queue(() => margins(models, columns, rows)),
    close() {
      closed = true;
      gpu.destroy();
    },
  };
}
