/**
 * A tiny, slow learner with the Engine interface, for tests that need no real one: stumps on one column a round,
 * lanes taking turns. Like the real engines, a lane's trees depend on that lane alone.
 */
import {
  type Engine,
  type Lane,
  type LaneListener,
  type LaneResult,
  ROLE_TRAIN,
  ROLE_VALIDATION,
  type TrainOptions,
  type Tree,
} from "../../src/numerics/engine.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { toMargin } from "../../src/numerics/fixed.ts";
import { type BinnedMatrix, TILE_CELLS } from "../../src/numerics/matrix.ts";
import { laneColumns } from "../../src/numerics/column-sample.ts";
import { PURPOSE, rowDraw, rowKey } from "../../src/numerics/random.ts";
import { logLoss, probability } from "../../src/numerics/sigmoid.ts";

export class FakeEngine implements Engine {
  readonly kind = "cpu";
  readonly description = "fake";
  /** Lanes of each call of `train`. */
  readonly calls: Lane[][] = [];
  /** Rounds grown in all: what an interruption costs shows here. */
  rounds = 0;
  closed = false;

  allocator() {
    return (bytes: number): Uint8Array => new Uint8Array(bytes);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  async train(
    matrix: BinnedMatrix,
    lanes: readonly Lane[],
    onLane: LaneListener,
    options: TrainOptions = {},
  ): Promise<void> {
    this.calls.push([...lanes]);
    const states = lanes.map((lane) => new LaneState(matrix, lane));
    for (const [i, state] of states.entries()) if (state.finished) await onLane(i, state.result(true), true);
    while (states.some((state) => !state.finished)) {
      for (const [i, state] of states.entries()) {
        if (state.finished) continue;
        if (options.signal?.aborted) {
          for (const [j, other] of states.entries()) {
            if (!other.finished) await onLane(j, other.result(false), false);
          }
          throw new SpliceboostError("interrupted", "training was interrupted");
        }
        const metric = state.grow();
        this.rounds++;
        options.onRound?.(i, state.trees.length, metric);
        if (state.finished) await onLane(i, state.result(true), true);
      }
      await Promise.resolve();
    }
  }
}

class LaneState {
  trees: Tree[] = [];
  finished = false;
  readonly #matrix: BinnedMatrix;
  readonly #lane: Lane;
  #margins: Int32Array;
  #best = { rounds: 0, metric: Infinity, margins: new Int32Array() };
  #history: number[] = [];
  readonly #validates: boolean;

  constructor(matrix: BinnedMatrix, lane: Lane) {
    this.#matrix = matrix;
    this.#lane = lane;
    this.#margins = new Int32Array(matrix.layout.rows).fill(lane.baseMargin);
    this.#validates = lane.role.includes(ROLE_VALIDATION);
    for (const tree of lane.resume ?? []) this.#add(tree);
  }

  /** One more tree; the validation metric, where there is one. */
  grow(): number | null {
    const columns = laneColumns(this.#lane, this.#matrix.layout.columns.length);
    const [key0, key1] = rowKey(this.#lane.seed, PURPOSE.columnSample, this.trees.length);
    const column = columns[rowDraw(key0, key1, 0) % columns.length];
    return this.#add(this.#stump(column));
  }

  result(finished: boolean): LaneResult {
    const cut = finished && this.#lane.parameters.earlyStopping;
    return {
      trees: cut ? this.trees.slice(0, this.#best.rounds) : this.trees,
      margins: (cut ? this.#best.margins : this.#margins).slice(),
      history: Float64Array.from(this.#history),
    };
  }

  #bin(row: number, column: number): number {
    const { cell, radix, bins } = this.#matrix.layout.columns[column];
    const byte = this.#matrix.tiles[Math.floor(cell / TILE_CELLS)][row * TILE_CELLS + (cell % TILE_CELLS)];
    return Math.floor(byte / radix) % bins;
  }

  #stump(column: number): Tree {
    const { bins, cuts } = this.#matrix.layout.columns[column];
    const { target, role, weight, parameters } = this.#lane;
    const g = new Float64Array(bins);
    const h = new Float64Array(bins);
    for (let row = 0; row < target.length; row++) {
      if (role[row] !== ROLE_TRAIN) continue;
      const p = probability(this.#margins[row]);
      const w = weight ? weight[row] : 1;
      const bin = this.#bin(row, column);
      g[bin] += (p - target[row]) * w;
      h[bin] += p * (1 - p) * w;
    }
    const sum = (x: Float64Array) => x.reduce((a, b) => a + b, 0);
    const score = (gs: number, hs: number) => (gs * gs) / (hs + parameters.regLambda);
    const [gAll, hAll] = [sum(g), sum(h)];
    let [best, bestGain, gLeft, hLeft] = [0, -Infinity, 0, 0];
    for (let bin = 0, gl = 0, hl = 0; bin < cuts.length; bin++) {
      gl += g[bin];
      hl += h[bin];
      const gain = score(gl, hl) + score(gAll - gl, hAll - hl) - score(gAll, hAll);
      if (gain > bestGain) [best, bestGain, gLeft, hLeft] = [bin, gain, gl, hl];
    }
    const leaf = (gs: number, hs: number) =>
      toMargin((-gs / (hs + parameters.regLambda)) * parameters.learningRate);
    return {
      column: Int32Array.of(column, -1, -1),
      bin: Int16Array.of(best, 0, 0),
      threshold: Float32Array.of(cuts[best], 0, 0),
      missingLeft: Uint8Array.of(0, 0, 0),
      left: Int32Array.of(1, -1, -1),
      value: Int32Array.of(0, leaf(gLeft, hLeft), leaf(gAll - gLeft, hAll - hLeft)),
      gain: Float64Array.of(bestGain, 0, 0),
      cover: Float64Array.of(hAll, hLeft, hAll - hLeft),
    };
  }

  #add(tree: Tree): number | null {
    this.trees.push(tree);
    for (let row = 0; row < this.#margins.length; row++) {
      const goesLeft = this.#bin(row, tree.column[0]) <= tree.bin[0];
      this.#margins[row] += tree.value[goesLeft ? 1 : 2];
    }
    const { rounds, earlyStopping } = this.#lane.parameters;
    const done = this.trees.length;
    this.finished = done >= rounds;
    if (!this.#validates) return null;
    let loss = 0;
    let count = 0;
    this.#lane.role.forEach((role, row) => {
      if (role !== ROLE_VALIDATION) return;
      loss += logLoss(this.#margins[row], this.#lane.target[row]) / 2 ** 20;
      count++;
    });
    const metric = loss / count;
    this.#history.push(metric);
    if (earlyStopping) {
      if (metric < this.#best.metric - earlyStopping.minDelta) {
        this.#best = { rounds: done, metric, margins: this.#margins.slice() };
      } else if (done - this.#best.rounds >= earlyStopping.patience) this.finished = true;
    }
    return metric;
  }
}
