/** shaders/trees/predict.wgsl again, on the CPU: the same loops over the same buffers, one row after another. */

/** The buffers of a dispatch; shapes and units as in the shader. */
export interface PredictBuffers {
  readonly task: { readonly rows: number; readonly firstTree: number; readonly lastTree: number };
  readonly values: Uint32Array;
  /** Four words a tree. */
  readonly trees: Uint32Array;
  /** Four words a node. */
  readonly nodes: Uint32Array;
  readonly margins: Int32Array;
}

/** Second word of a leaf. */
export const LEAF = 0xffffffff;

/** A u32 that compares as the f32 of these bits does: one for both zeros, all ones for NaN. */
export function orderedKey(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0xffffffff;
  if (magnitude === 0) return 0x80000000;
  return (bits > 0x80000000 ? ~bits : bits ^ 0x80000000) >>> 0;
}

function leafValue(buffers: PredictBuffers, root: number, depth: number, row: number): number {
  const { task, values, nodes } = buffers;
  let node = root * 4;
  for (let level = 0; level < depth; level++) {
    const column = nodes[node + 1];
    if (column === LEAF) break;
    const key = (orderedKey(values[column * task.rows + row]) + nodes[node + 2]) >>> 0;
    node = (nodes[node + 3] + (key < nodes[node] ? 0 : 1)) * 4;
  }
  return nodes[node] | 0;
}

/** One dispatch. */
export function predict(buffers: PredictBuffers): void {
  const { task: { rows, firstTree, lastTree }, trees, margins } = buffers;
  for (let row = 0; row < rows; row++) {
    let model = trees[firstTree * 4 + 2];
    let sum = 0;
    for (let t = firstTree; t < lastTree; t++) {
      const tree = t * 4;
      if (trees[tree + 2] !== model) {
        margins[model * rows + row] += sum;
        model = trees[tree + 2];
        sum = 0;
      }
      sum = (sum + leafValue(buffers, trees[tree], trees[tree + 1], row)) | 0;
    }
    margins[model * rows + row] += sum;
  }
}
