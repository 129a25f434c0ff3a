/** Lanes that are trained together: rounds in batches on the device, their trees read back behind them. */
import type { LaneResult, RoundListener, Tree } from "../numerics/engine.ts";
import { PURPOSE, rowKey } from "../numerics/random.ts";
import type { BinnedMatrix } from "../numerics/matrix.ts";
import { breather } from "./breathe.ts";
import type { GpuBuffer } from "./buffers.ts";
import type { CellFacts } from "./cell-table.ts";
import { ColumnMasks } from "./column-masks.ts";
import { uploadMatrix } from "./device-matrix.ts";
import type { Gpu, ReadRequest } from "./gpu.ts";
import type { GroupPlan } from "./group-plan.ts";
import { destroyLaneBuffers, type GriddedLane, type LaneBuffers, laneBuffers } from "./lane-buffers.ts";
import { LaneProgress } from "./lane-progress.ts";
import { RECORD_WORDS, STATE, TREE_WORDS } from "./records.ts";
import { recordSteps, type RoundSteps, roundSteps, type Step } from "./round-steps.ts";
import { routeWords } from "./route-trees.ts";

/** Margins copied for metrics that want them take at most this much a batch. */
const MARGIN_COPIES = 2 ** 26;
/** Columns drawn for a batch on the thread that trains, in some 30 ms. */
const BATCH_DRAWS = 2 ** 17;
/** A submit is meant to last no longer than this, ms. */
const SUBMIT_TIME = 100;
/** A batch likewise: so long may an abort have to wait, twice over. */
const BATCH_TIME = 500;
/** A batch has at most so many times the rounds of the one before: the first rounds say little of the later ones. */
const BATCH_GROWTH = 4;

/** Rounds that were submitted, and what is to come back of them. */
interface Batch {
  readonly rounds: number;
  /** Round of each lane at its begin. */
  readonly first: readonly number[];
  readonly answer: Promise<ArrayBuffer[]>;
}

/** Use `openLaneGroup`. */
export class LaneGroup {
  readonly lanes: readonly LaneProgress[];
  readonly #gpu: Gpu;
  readonly #matrix: BinnedMatrix;
  readonly #plan: GroupPlan;
  readonly #masks: ColumnMasks;
  readonly #bytes: readonly GpuBuffer[];
  readonly #b: LaneBuffers;
  readonly #steps: RoundSteps;
  readonly #gridded: readonly GriddedLane[];
  /** Rounds submitted since training began. */
  #submitted = 0;
  /** Where each lane began: its resumed trees. */
  #began: number[] = [];
  /** Rounds of the last batch, and what a round takes, ms; measured as batches come back. */
  #batchRounds = 0;
  #roundTime = BATCH_TIME;
  #started = 0;

  constructor(
    gpu: Gpu,
    matrix: BinnedMatrix,
    plan: GroupPlan,
    gridded: readonly GriddedLane[],
    masks: ColumnMasks,
    bytes: readonly GpuBuffer[],
    buffers: LaneBuffers,
    steps: RoundSteps,
  ) {
    this.#gpu = gpu;
    this.#matrix = matrix;
    this.#plan = plan;
    this.#gridded = gridded;
    this.#masks = masks;
    this.#bytes = bytes;
    this.#b = buffers;
    this.#steps = steps;
    this.lanes = gridded.map((lane) => new LaneProgress(lane, matrix.layout.columns));
  }

  get buffers(): LaneBuffers {
    return this.#b;
  }

  get steps(): RoundSteps {
    return this.#steps;
  }

  /** Adds the trees that lanes go on from, round by round, with their metrics. */
  async resume(): Promise<void> {
    const resumed = this.#gridded.map(({ lane }) => lane.resume ?? []);
    const rounds = Math.max(...resumed.map((trees) => trees.length));
    for (let round = 0; round < rounds;) {
      const count = Math.min(this.#batchLimit(), rounds - round);
      const recorder = this.#gpu.recorder("resumed trees");
      recorder.clear(this.#b.metrics);
      recorder.submit();
      const copies = this.#marginCopies(count);
      for (let i = 0; i < count; i++) {
        this.#addTrees(resumed.map((trees) => trees[round + i] ?? null), 1, round + i + 1);
        this.#copyMargins(copies, i);
      }
      const [metrics, margins] = await this.#gpu.read([
        { buffer: this.#b.metrics },
        ...(copies ? [{ buffer: copies }] : []),
      ]);
      copies?.destroy();
      this.lanes.forEach((lane, l) => {
        for (let i = 0; i < count; i++) {
          const tree = resumed[l][round + i];
          if (tree) lane.add(tree, this.#loss(metrics, round + i, l), this.#marginsAt(margins, i, l));
        }
      });
      round += count;
    }
    this.#began = this.lanes.map((lane) => lane.grown.length);
    this.#writeState();
    await this.#gpu.errors();
  }

  /** Trains on until every lane is done, or `stop` says so. At any time at most two batches are under way. */
  async boost(stop: () => boolean, onRound: RoundListener): Promise<void> {
    let ahead: Batch | null = null;
    let next: Batch | null = null;
    this.#started = performance.now();
    try {
      while (!stop() && this.lanes.some((lane) => !lane.done)) {
        next = this.#submit();
        if (ahead) await this.#receive(ahead, onRound);
        ahead = next;
        if (!next) break;
      }
      if (ahead) await this.#receive(ahead, onRound);
    } finally {
      // However it ends, nothing of this training is under way afterwards.
      await Promise.allSettled([ahead?.answer, next?.answer]);
    }
    await this.#gpu.errors();
  }

  /** Takes back the trees that are not kept and returns what each lane has come to. */
  async results(): Promise<LaneResult[]> {
    const surplus = this.lanes.map((lane) => lane.grown.slice(lane.kept));
    for (let i = 0; i < Math.max(...surplus.map((trees) => trees.length)); i++) {
      this.#addTrees(surplus.map((trees) => trees[i] ?? null), -1, 1);
    }
    const rows = this.#matrix.layout.rows;
    const margins = await this.#gpu.read(
      this.lanes.map((_, l) => ({ buffer: this.#b.margins, offset: l * rows * 4, bytes: rows * 4 })),
    );
    await this.#gpu.errors();
    return this.lanes.map((lane, l) => ({
      trees: lane.grown.slice(0, lane.kept),
      margins: new Int32Array(margins[l]).subarray(0, rows),
      history: Float64Array.from(lane.history),
    }));
  }

  destroy(): void {
    this.#steps.destroy();
    destroyLaneBuffers(this.#b);
    for (const buffer of this.#bytes) buffer.destroy();
  }

  /** Rounds of a batch at most. */
  #batchLimit(): number {
    const copies = this.lanes.some((lane) => lane.wantsMargins)
      ? Math.floor(MARGIN_COPIES / Math.max(4, this.#b.margins.bytes))
      : Infinity;
    const drawn = Math.floor(BATCH_DRAWS / this.#masks.draws);
    return Math.max(1, Math.min(this.#plan.ring, copies, drawn));
  }

  /** Readies the device for one more round and returns its steps, for callers that run them on their own; null at the end. */
  nextRound(): readonly Step[] | null {
    return this.#prepare(1) && this.#steps.round;
  }

  /** Readies the device for so many rounds at most; null where the lanes that are left have all their rounds under way. */
  #prepare(most: number): Pick<Batch, "rounds" | "first"> | null {
    const first = this.#began.map((began) => began + this.#submitted);
    const left = this.lanes.map((lane, l) => (lane.done ? 0 : lane.lane.parameters.rounds - first[l]));
    const open = left.filter((rounds) => rounds > 0);
    if (open.length === 0) return null;
    const rounds = Math.min(most, ...open);
    this.#writeKeys(first, rounds);
    // Lanes that are done, or have all rounds under way, sit out.
    this.lanes.forEach((_, l) => this.#setLane(l, left[l] > 0, first[l]));
    this.#submitted += rounds;
    return { rounds, first: first.map((round, l) => (left[l] > 0 ? round : -1)) };
  }

  /** Submits a batch of rounds; null where there are none left. */
  #submit(): Batch | null {
    const most = Math.min(
      this.#batchLimit(),
      Math.max(1, Math.floor(BATCH_TIME / this.#roundTime)),
      Math.max(1, this.#batchRounds * BATCH_GROWTH),
    );
    const prepared = this.#prepare(most);
    if (!prepared) return null;
    const { rounds } = prepared;
    this.#batchRounds = rounds;
    const copies = this.#marginCopies(rounds);
    const recorder = this.#gpu.recorder(`rounds to ${this.#submitted}`);
    recorder.clear(this.#b.metrics);
    const perSubmit = Math.max(1, Math.floor(SUBMIT_TIME / this.#roundTime));
    for (let i = 0; i < rounds; i++) {
      recordSteps(recorder, this.#steps.round, this.#b.args);
      if (copies) recorder.copy(this.#b.margins, 0, copies, i * this.#b.margins.bytes, this.#b.margins.bytes);
      if ((i + 1) % perSubmit === 0) recorder.submit();
    }
    recorder.submit();
    const requests: ReadRequest[] = [
      { buffer: this.#b.metrics },
      this.#recordsOf(prepared.first, rounds),
    ];
    if (copies) requests.push({ buffer: copies });
    const answer = this.#gpu.readLater(requests).finally(() => copies?.destroy());
    // An answer that nobody awaits any more, because an earlier one failed, is no unhandled rejection.
    answer.catch(() => {});
    return { ...prepared, answer };
  }

  async #receive({ rounds, first, answer }: Batch, onRound: RoundListener): Promise<void> {
    const [metrics, records, margins] = await answer;
    // In Deno an answer comes when the device is idle, so all that was submitted is done.
    this.#roundTime = (performance.now() - this.#started) / this.#submitted;
    const words = new Uint32Array(records);
    const block = (this.#plan.maxNodes + 1) * RECORD_WORDS;
    const firstSlot = this.#recordsOf(first, rounds).offset / (this.lanes.length * block * 4);
    const breath = breather();
    for (const [l, lane] of this.lanes.entries()) {
      if (first[l] < 0) continue;
      const before = lane.rounds;
      for (let i = 0; i < rounds; i++) {
        await breath();
        const round = first[l] + i;
        const at = ((round % this.#plan.ring - firstSlot) * this.lanes.length + l) * block;
        const tree = lane.reader.read(
          words.subarray(at, at + block),
          `${lane.lane.name}, round ${round + 1}`,
        );
        lane.add(tree, this.#loss(metrics, round, l), this.#marginsAt(margins, i, l));
      }
      if (lane.rounds > before) onRound(l, lane.rounds, lane.history.at(-1) ?? null);
    }
  }

  /** The stretch of the records that holds the trees of these rounds. */
  #recordsOf(first: readonly number[], rounds: number): Required<ReadRequest> {
    const { ring, maxNodes } = this.#plan;
    const begins = first.filter((round) => round >= 0).map((round) => round % ring);
    const low = Math.min(...begins);
    const high = Math.max(...begins) + rounds;
    const slot = this.lanes.length * (maxNodes + 1) * RECORD_WORDS * 4;
    const [from, to] = high <= ring ? [low, high] : [0, ring];
    return { buffer: this.#b.records, offset: from * slot, bytes: (to - from) * slot };
  }

  /** Routes all rows down one tree a lane and adds its leaf values times `sign`; null: none. `round` counts the trees so far. */
  #addTrees(trees: readonly (Tree | null)[], sign: 1 | -1, round: number): void {
    const { maxNodes } = this.#plan;
    trees.forEach((tree, l) => {
      const state = new Uint32Array(STATE.words);
      if (tree) {
        this.#gpu.write(
          this.#b.tree,
          l * maxNodes * TREE_WORDS * 4,
          routeWords(tree, this.#matrix.layout.columns),
        );
        this.#gpu.write(this.#b.values, l * maxNodes * 4, tree.value);
        state[STATE.sign] = sign >>> 0;
        state[STATE.round] = round;
      }
      this.#gpu.write(this.#b.state, l * STATE.words * 4, state);
    });
    const recorder = this.#gpu.recorder("adding trees");
    recordSteps(recorder, this.#steps.addTree, this.#b.args);
    recorder.submit();
  }

  /** State and arguments at the beginning of training. */
  #writeState(): void {
    this.#gpu.write(this.#b.args, 0, this.#steps.fixedArguments);
    this.#gpu.write(this.#b.state, 0, new Uint32Array(this.lanes.length * STATE.words));
  }

  #setLane(l: number, takesPart: boolean, round: number): void {
    const word = (at: number, value: number): void =>
      this.#gpu.write(this.#b.state, (l * STATE.words + at) * 4, Uint32Array.of(value));
    word(STATE.round, round);
    word(STATE.active, takesPart ? 1 : 0);
    word(STATE.sign, takesPart ? 1 : 0);
  }

  /** Keys of the draws and masks of the columns, for the rounds to come. */
  #writeKeys(first: readonly number[], rounds: number): void {
    const { ring } = this.#plan;
    const lanes = this.lanes.length;
    const keys = new Uint32Array(ring * lanes * 4);
    this.lanes.forEach(({ lane: { seed } }, l) => {
      for (let round = first[l]; round < first[l] + rounds; round++) {
        const at = ((round % ring) * lanes + l) * 4;
        keys.set([...rowKey(seed, PURPOSE.rowSample, round), ...rowKey(seed, PURPOSE.gradient, round)], at);
      }
    });
    this.#gpu.write(this.#b.keys, 0, keys);
    if (!this.#masks.sampled && this.#submitted > 0) return;
    const masks = new Uint32Array(this.#masks.size(ring));
    this.#masks.fill(masks, ring, this.#submitted, rounds);
    this.#gpu.write(this.#b.masks, 0, masks);
  }

  #marginCopies(rounds: number): GpuBuffer | null {
    if (!this.lanes.some((lane) => lane.wantsMargins)) return null;
    return this.#gpu.buffer("margins by round", rounds * this.#b.margins.bytes, "storage");
  }

  #copyMargins(copies: GpuBuffer | null, i: number): void {
    if (!copies) return;
    const { bytes } = this.#b.margins;
    const recorder = this.#gpu.recorder("margins by round");
    recorder.copy(this.#b.margins, 0, copies, i * bytes, bytes);
    recorder.submit();
  }

  #marginsAt(margins: ArrayBuffer | undefined, i: number, l: number): Int32Array | null {
    if (!margins || !this.lanes[l].wantsMargins) return null;
    const { rows } = this.#matrix.layout;
    return new Int32Array(margins, i * this.#b.margins.bytes + l * rows * 4, rows);
  }

  /** Sum of loss times weight over a lane's validation rows after a round. */
  #loss(metrics: ArrayBuffer, round: number, l: number): bigint {
    const words = new Uint32Array(metrics);
    const at = ((round % this.#plan.ring) * this.lanes.length + l) * 2;
    return (BigInt(words[at + 1]) << 32n) | BigInt(words[at]);
  }
}

/** Uploads a matrix and the lanes that are to be trained together on it, and brings resumed lanes to where they were. */
export async function openLaneGroup(
  gpu: Gpu,
  matrix: BinnedMatrix,
  facts: CellFacts,
  plan: GroupPlan,
  gridded: readonly GriddedLane[],
): Promise<LaneGroup> {
  const started = gridded.map(({ lane }) => ({ lane, round: lane.resume?.length ?? 0 }));
  const masks = new ColumnMasks(started, matrix.layout.columns.length, plan.levels);
  const buffers = await laneBuffers(gpu, matrix, facts, plan, gridded, masks);
  const bytes = await uploadMatrix(gpu, matrix, plan.chunks);
  await gpu.errors();
  const steps = await roundSteps(gpu, matrix, facts, plan, gridded, masks, bytes, buffers);
  const group = new LaneGroup(gpu, matrix, plan, gridded, masks, bytes, buffers, steps);
  try {
    await group.resume();
  } catch (error) {
    group.destroy();
    throw error;
  }
  return group;
}
