/** The prediction kernel against its twin, over random forests and values of every kind. */
import type { PredictableModel } from "../numerics/predictor.ts";
import { Stream } from "../numerics/random.ts";
import type { Gpu } from "./gpu.ts";
import { PREDICT } from "./prediction-chunk.ts";
import { layOutTrees } from "./prediction-trees.ts";
import { firstDifference } from "./twins/index.ts";
import { predict } from "./twins/predict.ts";

const COLUMNS = 5;
const TREES = 7;
const INNER_NODES = 20;
/** Both zeros, subnormals, infinities, missing. */
const SPECIAL = Float32Array.of(0, -0, 1e-45, -1e-45, Infinity, -Infinity, NaN);

/** Compares the margins of so many rows under three models. Returns the first difference, or null. */
export async function verifyPredict(gpu: Gpu, seed: number, rows: number): Promise<string | null> {
  const stream = new Stream(seed, 3);
  const models = Array.from({ length: 3 }, () => randomModel(stream));
  const { used, parts: [{ trees, nodes }] } = layOutTrees(models, Infinity, Infinity);
  const values = new Uint32Array(
    Float32Array.from({ length: used.length * rows }, () => randomValue(stream)).buffer,
  );
  const margins = Int32Array.from({ length: models.length * rows }, () => stream.nextInt(2 ** 20));
  const task = { rows, firstTree: 0, lastTree: trees.length / 4 };
  const buffers = [
    gpu.buffer("task", 16, "uniform", Uint32Array.of(task.rows, task.firstTree, task.lastTree)),
    ...[values, trees, nodes, margins].map((words) => gpu.buffer("prediction", 4, "storage", words)),
  ];
  try {
    const recorder = gpu.recorder("predict");
    recorder.dispatch(gpu.bind(await gpu.pipeline(PREDICT), "predict", buffers), Math.ceil(rows / 64));
    recorder.submit();
    const [bytes] = await gpu.read([{ buffer: buffers[4] }]);
    await gpu.errors();
    predict({ task, values, trees, nodes, margins });
    const found = new Int32Array(bytes);
    const at = firstDifference(margins, found);
    if (at < 0) return null;
    return `margin of row ${at % rows}, model ${Math.floor(at / rows)}: expected ${margins[at]}, found ${
      found[at]
    }`;
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

function randomValue(stream: Stream): number {
  return stream.nextInt(4) === 0 ? SPECIAL[stream.nextInt(SPECIAL.length)] : stream.nextInt(40) / 4 - 5;
}

function randomModel(stream: Stream): PredictableModel {
  const size = 2 * INNER_NODES + 1;
  const total = TREES * size;
  const packed = {
    offsets: Uint32Array.from({ length: TREES + 1 }, (_, t) => t * size),
    column: new Int32Array(total).fill(-1),
    threshold: new Float32Array(total),
    missingLeft: new Uint8Array(total),
    left: new Int32Array(total).fill(-1),
    value: Int32Array.from({ length: total }, () => stream.nextInt(2 ** 20) - 2 ** 19),
  };
  for (let t = 0; t < TREES; t++) {
    const leaves = [0];
    for (let inner = 0; inner < INNER_NODES; inner++) {
      const [node] = leaves.splice(stream.nextInt(leaves.length), 1);
      const left = 2 * inner + 1;
      leaves.push(left, left + 1);
      const at = t * size + node;
      packed.column[at] = stream.nextInt(COLUMNS);
      // No split is at NaN.
      packed.threshold[at] = randomValue(stream) || 0;
      packed.missingLeft[at] = stream.nextInt(2);
      packed.left[at] = left;
    }
  }
  return { baseMargin: stream.nextInt(1000) - 500, packed };
}
