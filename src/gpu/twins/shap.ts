/** shaders/trees/shap.wgsl again, on the CPU, in f64: the same loops over the same buffers; the kernel's f32 is held to a tolerance. */
import { ENTER, EXIT, KIND, MISSING_LEFT, REPEATED, RIGHT_LEAF, TURN } from "../shap-steps.ts";

/** The buffers of a dispatch; shapes and units as in the shader. */
export interface ShapBuffers {
  readonly task: { readonly rows: number; readonly firstSlab: number; readonly used: number };
  /** Slabs of the dispatch. */
  readonly slabCount: number;
  readonly values: Uint32Array;
  readonly slabs: Uint32Array;
  readonly passes: Uint32Array;
  readonly steps: Uint32Array;
  readonly constants: Float32Array;
  readonly phi: Float64Array;
}

/** One dispatch. */
export function shap(buffers: ShapBuffers): void {
  const { task, slabs, slabCount } = buffers;
  for (let y = 0; y < slabCount; y++) {
    const slab = task.firstSlab + y;
    for (let row = 0; row < task.rows; row++) {
      for (let pass = slabs[slab]; pass < slabs[slab + 1]; pass++) explain(buffers, pass, row, y * task.used);
    }
  }
}

function explain(
  { task, values, passes, steps, constants, phi }: ShapBuffers,
  pass: number,
  row: number,
  out: number,
): void {
  const four = (place: number): Float64Array =>
    Float64Array.from(constants.subarray(place * 4, place * 4 + 4));
  const weight = [four(passes[pass * 4 + 2])];
  const onLeft: Float64Array[] = [];
  const [lefts, follows]: boolean[][] = [[], []];
  let result = new Float64Array(4);
  for (let s = passes[pass * 4]; s < passes[pass * 4 + 1]; s++) {
    const [flags, column, bound, place] = steps.subarray(s * 4, s * 4 + 4);
    const kind = flags & KIND;
    const level = flags >> 8 & 0xff;
    const alive = (flags & REPEATED) === 0 || follows[flags >> 16 & 0xff];
    const [gainLeft, gainRight, leftLeaf, rightLeaf] = four(place + 2);
    const own = weight[level];
    if (kind === TURN) {
      onLeft[level] = result;
      weight[level + 1] = own.map((g, k) => g - weight[level + 1][k]);
      follows[level] = !lefts[level] && alive;
      continue;
    }
    const key = (values[column * task.rows + row] + ((flags & MISSING_LEFT) !== 0 ? 1 : 0)) >>> 0;
    const left = kind === EXIT ? lefts[level] : key < bound;
    const share = alive ? four(left ? place : place + 1) : new Float64Array(4).fill(-gainRight);
    if (kind === ENTER) {
      [lefts[level], follows[level]] = [left, left && alive];
      weight[level + 1] = own.map((g, k) => g * share[k]);
      result = new Float64Array(4).fill(leftLeaf);
      continue;
    }
    const first = kind === EXIT ? onLeft[level] : new Float64Array(4).fill(leftLeaf);
    const second = (flags & RIGHT_LEAF) !== 0 ? new Float64Array(4).fill(rightLeaf) : result;
    const factor = four(place + 3);
    const gain = !alive ? 0 : left ? gainLeft : gainRight;
    phi[(out + column) * task.rows + row] += gain *
      own.reduce((sum, g, k) => sum + g * factor[k] * (first[k] - second[k]), 0);
    result = second.map((r, k) => r + share[k] * (first[k] - r));
  }
}
