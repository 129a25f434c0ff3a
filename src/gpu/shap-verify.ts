/** The kernel of SHAP values against its twin, over random forests. */
import type { ExplainableModel } from "../cpu/shap-program.ts";
import { Stream } from "../numerics/random.ts";
import type { Gpu } from "./gpu.ts";
import { SHAP } from "./shap.ts";
import { compileShapSteps } from "./shap-steps.ts";
import { orderedKey } from "./twins/predict.ts";
import { shap } from "./twins/shap.ts";

const COLUMNS = 6;
const TREES = 20;
const INNER_NODES = 25;
/** What f32 sums of trees of leaves up to 1/2 may be off. */
const TOLERANCE = 2e-4;

/** Compares the SHAP values of so many rows under one model. Returns the first difference beyond the tolerance, or null. */
export async function verifyShap(gpu: Gpu, seed: number, rows: number): Promise<string | null> {
  const stream = new Stream(seed, 4);
  const { used, slabs, passes, steps, constants } = compileShapSteps([randomModel(stream)]);
  const keys = Float32Array.from(
    { length: used.length * rows },
    () => stream.nextInt(9) === 0 ? NaN : stream.nextInt(40) / 4 - 5,
  );
  const values = new Uint32Array(keys.buffer).map(orderedKey);
  const phi = new Float64Array(used.length * rows);
  const task = { rows, firstSlab: 0, used: used.length };
  const buffers = [
    gpu.buffer("task", 16, "uniform", Uint32Array.of(rows, 0, used.length, 0)),
    ...[values, slabs, passes, steps, constants, new Float32Array(phi.length)].map((words) =>
      gpu.buffer("SHAP values", 4, "storage", words)
    ),
  ];
  try {
    const recorder = gpu.recorder("shap");
    recorder.dispatch(gpu.bind(await gpu.pipeline(SHAP), "shap", buffers), Math.ceil(rows / 64), 1);
    recorder.submit();
    const [bytes] = await gpu.read([{ buffer: buffers[6], bytes: phi.length * 4 }]);
    await gpu.errors();
    shap({ task, slabCount: 1, values, slabs, passes, steps, constants, phi });
    const found = new Float32Array(bytes);
    const at = phi.findIndex((expected, i) => !(Math.abs(found[i] - expected) <= TOLERANCE));
    if (at < 0) return null;
    const place = `SHAP value of row ${at % rows}, column ${used[Math.floor(at / rows)]}`;
    return `${place}: expected ${phi[at]} within ${TOLERANCE}, found ${found[at]}`;
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

function randomModel(stream: Stream): ExplainableModel {
  const size = 2 * INNER_NODES + 1;
  const total = TREES * size;
  const packed = {
    offsets: Uint32Array.from({ length: TREES + 1 }, (_, t) => t * size),
    column: new Int32Array(total).fill(-1),
    threshold: new Float32Array(total),
    missingLeft: new Uint8Array(total),
    left: new Int32Array(total).fill(-1),
    value: Int32Array.from({ length: total }, () => stream.nextInt(2 ** 20) - 2 ** 19),
    cover: Float64Array.from({ length: total }, () => 1 + stream.nextInt(50)),
  };
  for (let t = 0; t < TREES; t++) {
    const leaves = [0];
    for (let inner = 0; inner < INNER_NODES; inner++) {
      const [node] = leaves.splice(stream.nextInt(leaves.length), 1);
      const left = 2 * inner + 1;
      leaves.push(left, left + 1);
      const at = t * size + node;
      packed.column[at] = stream.nextInt(COLUMNS);
      packed.threshold[at] = stream.nextInt(40) / 4 - 5;
      packed.missingLeft[at] = stream.nextInt(2);
      packed.left[at] = left;
    }
  }
  return { baseMargin: 0, packed };
}
