/** Trees laid out for shaders/trees/shap.wgsl. */
import { type ExplainableModel, type ShapNode, shapTrees, usedColumns } from "../cpu/shap-program.ts";
import { gaussLegendre, pointsFor } from "../cpu/shap-quadrature.ts";
import { fromMargin } from "../numerics/fixed.ts";
import { SpliceboostError } from "../numerics/errors.ts";
import { orderedKey } from "./twins/predict.ts";

/** Inner nodes of a path, at most, as in the shader. */
export const LEVELS = 32;
/** Trees whose values are added in f32; those of slabs are added in f64, by the host. */
const SLAB_TREES = 64;
/** Points of a pass. */
const POINTS = 4;

export const ENTER = 0;
export const TURN = 1;
export const EXIT = 2;
/** All steps of a node between two leaves. */
export const BOTH = 3;
export const KIND = 3;
export const REPEATED = 4;
export const MISSING_LEFT = 8;
export const RIGHT_LEAF = 32;

/** Several models over the same columns; buffers as in the shader. */
export interface ShapSteps {
  /** Columns that any tree splits on, ascending. */
  readonly used: Int32Array;
  readonly slabs: Uint32Array<ArrayBuffer>;
  readonly passes: Uint32Array<ArrayBuffer>;
  readonly steps: Uint32Array<ArrayBuffer>;
  readonly constants: Float32Array<ArrayBuffer>;
  /** Steps of each slab. */
  readonly slabSteps: Uint32Array;
  /** Slabs of model m are modelSlabs[m] .. modelSlabs[m+1]-1. */
  readonly modelSlabs: Uint32Array;
  /** Margin with no feature known, log odds, by model. */
  readonly bias: Float64Array;
}

/**
 * Compiles models.
 * @throws SpliceboostError (device) where a path is longer than the shader goes
 */
export function compileShapSteps(models: readonly ExplainableModel[]): ShapSteps {
  const used = usedColumns(models);
  const forests = models.map((model) => shapTrees(model, used));
  const to: Written = { passes: [], steps: [], constants: [] };
  const [slabs, slabSteps, modelSlabs]: number[][] = [[0], [], [0]];
  for (const trees of forests) {
    for (let t = 0; t < trees.length; t += SLAB_TREES) {
      const before = to.steps.length;
      for (const { root, features, depth } of trees.slice(t, t + SLAB_TREES)) {
        if (depth > LEVELS) throw tooDeep(depth);
        if (typeof root !== "number") writePasses(to, root, features);
      }
      slabs.push(to.passes.length / 4);
      slabSteps.push((to.steps.length - before) / 4);
    }
    modelSlabs.push(slabSteps.length);
  }
  return {
    used,
    slabs: Uint32Array.from(slabs),
    passes: Uint32Array.from(to.passes),
    steps: Uint32Array.from(to.steps),
    constants: Float32Array.from(to.constants),
    slabSteps: Uint32Array.from(slabSteps),
    modelSlabs: Uint32Array.from(modelSlabs),
    bias: Float64Array.from(
      forests,
      (trees, m) => trees.reduce((sum, { mean }) => sum + mean, fromMargin(models[m].baseMargin)),
    ),
  };
}

interface Written {
  readonly passes: number[];
  readonly steps: number[];
  readonly constants: number[];
}

/** A tree at all its points, four at a time; points there are not have no weight. */
function writePasses(to: Written, root: ShapNode, features: number): void {
  const { points, weights } = gaussLegendre(pointsFor(features));
  for (let k = 0; k < points.length; k += POINTS) {
    const [first, place] = [to.steps.length / 4, to.constants.length / 4];
    to.constants.push(...Array.from({ length: POINTS }, (_, i) => weights[k + i] ?? 0));
    writeNode(to, root, Float64Array.from({ length: POINTS }, (_, i) => points[k + i] ?? 0.5), 0);
    to.passes.push(first, to.steps.length / 4, place, 0);
  }
}

function writeNode(to: Written, node: ShapNode, points: Float64Array, level: number): void {
  const { left, right, share, above, back } = node;
  const place = to.constants.length / 4;
  const factors = points.map((t) => t + (1 - t) * above);
  const stays = points.map((t) => (1 - t) * above * share);
  to.constants.push(...points.map((t, k) => (t + stays[k]) / factors[k]));
  to.constants.push(...stays.map((stay, k) => stay / factors[k]));
  to.constants.push(
    1 - share,
    -share,
    typeof left === "number" ? left : 0,
    typeof right === "number" ? right : 0,
  );
  to.constants.push(...factors.map((factor) => above / (factor * factor)));
  const flags = (back > 0 ? REPEATED : 0) | (node.missingLeft ? MISSING_LEFT : 0) |
    (typeof right === "number" ? RIGHT_LEAF : 0) | level << 8 | (back > 0 ? level - back : 0) << 16;
  const bound = orderedKey(bitsOf(node.threshold)) + (node.missingLeft ? 1 : 0);
  const step = (kind: number): number => to.steps.push((kind | flags) >>> 0, node.place, bound, place);
  if (typeof left === "number" && typeof right === "number") {
    step(BOTH);
    return;
  }
  step(ENTER);
  if (typeof left !== "number") writeNode(to, left, points, level + 1);
  step(TURN);
  if (typeof right !== "number") writeNode(to, right, points, level + 1);
  step(EXIT);
}

function bitsOf(x: number): number {
  return new Uint32Array(Float32Array.of(x).buffer)[0];
}

function tooDeep(depth: number): SpliceboostError {
  return new SpliceboostError(
    "device",
    `SHAP values on WebGPU are of trees of at most ${LEVELS} edges from root to leaf, found ${depth}: explain on the CPU`,
  );
}
