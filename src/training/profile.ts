/** `profile`: what the kernels of a training took, and what they asked of memory. */
import { cellFacts } from "../gpu/cell-table.ts";
import type { GpuEngine } from "../gpu/engine.ts";
import type { Gpu, KernelTime } from "../gpu/gpu.ts";
import { planGroup } from "../gpu/group-plan.ts";
import { countedKernels, type RoundBytes, roundBytes } from "../gpu/round-bytes.ts";
import {
  type Engine,
  type Lane,
  type LaneListener,
  ROLE_TRAIN,
  type TrainOptions,
} from "../numerics/engine.ts";
import { usageError } from "../numerics/errors.ts";
import type { BinnedMatrix, TileAllocator } from "../numerics/matrix.ts";
import { type DeviceChoice, isGpuEngine } from "../trees/devices.ts";

/** One kernel over the whole training. */
export interface KernelProfile extends KernelTime {
  /** Bytes counted from what the kernel does, not measured (gpu/round-bytes.ts); null for kernels that are not counted. */
  readonly countedBytes: number | null;
}

/** A training on WebGPU, timed. Each dispatch has a pass of its own while it is, which slows it. */
export interface RunProfile {
  /** Rounds on the device: each grows a tree of every lane that takes part. */
  readonly rounds: number;
  /** Trees kept, over all lanes; resumed ones are not among them. */
  readonly trees: number;
  readonly dispatches: number;
  /** Sum over all kernels. */
  readonly milliseconds: number;
  /** Longest first. */
  readonly kernels: readonly KernelProfile[];
  /** Bytes from the host to the device and back: measured. */
  readonly uploadedBytes: number;
  readonly readBytes: number;
  /**
   * Bytes that the kernels ask of device memory, and the floor: each binned byte of each lane's rows read once a level. Both count
   * every sampled training row; rows whose gradient is zero on the grid are left out on the device, so that less is moved.
   */
  readonly countedBytes: number;
  readonly floorBytes: number;
}

/** An engine that times what it trains. */
export interface ProfilingEngine extends Engine {
  /** What all trainings so far took; null where the device was lost on the way, and times with it. */
  profile(): RunProfile | null;
}

/**
 * Times an engine's kernels from now on.
 * @throws SpliceboostError: "usage" where it is not on WebGPU, "device" where the device takes no timestamps
 */
export function profiling(engine: Engine, { reason }: DeviceChoice): ProfilingEngine {
  if (!isGpuEngine(engine)) {
    throw usageError(
      `profile (--profile) times the kernels of a GPU, and this run trains on the CPU (${reason}); ` +
        "ask for device webgpu (--device webgpu), or leave it out",
    );
  }
  engine.gpu.profile = true;
  return new Profiling(engine);
}

class Profiling implements ProfilingEngine {
  readonly #engine: GpuEngine;
  readonly #gpu: Gpu;
  readonly #kernels = new Map<string, KernelProfile>();
  readonly #sums = { trees: 0, uploadedBytes: 0, readBytes: 0, countedBytes: 0, floorBytes: 0 };

  constructor(engine: GpuEngine) {
    this.#engine = engine;
    this.#gpu = engine.gpu;
  }

  get kind(): "webgpu" {
    return this.#engine.kind;
  }

  get description(): string {
    return this.#engine.description;
  }

  allocator(): TileAllocator {
    return this.#engine.allocator();
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  async train(
    matrix: BinnedMatrix,
    lanes: readonly Lane[],
    onLane: LaneListener,
    options: TrainOptions = {},
  ): Promise<void> {
    const { uploadedBytes, readBytes } = this.#gpu.counters;
    const rounds = lanes.map(({ resume }) => resume?.length ?? 0);
    let trees = 0;
    await this.#engine.train(matrix, lanes, onLane, {
      ...options,
      onRound: (lane, round, metric) => {
        trees += round - rounds[lane];
        rounds[lane] = round;
        options.onRound?.(lane, round, metric);
      },
    });
    this.#sums.trees += trees;
    this.#sums.uploadedBytes += this.#gpu.counters.uploadedBytes - uploadedBytes;
    this.#sums.readBytes += this.#gpu.counters.readBytes - readBytes;
    this.#add(await this.#engine.profiled(), trees, (ran) => this.#bytes(matrix, lanes, ran));
  }

  profile(): RunProfile | null {
    if (this.#engine.gpu !== this.#gpu) return null;
    const kernels = [...this.#kernels.values()].sort((a, b) => b.milliseconds - a.milliseconds);
    const total = (value: (kernel: KernelProfile) => number): number =>
      kernels.reduce((sum, kernel) => sum + value(kernel), 0);
    return {
      // Every round has one dispatch of it, and nothing else has.
      rounds: this.#kernels.get("gradients")?.dispatches ?? 0,
      dispatches: total((kernel) => kernel.dispatches),
      milliseconds: total((kernel) => kernel.milliseconds),
      kernels,
      ...this.#sums,
    };
  }

  #add(
    times: readonly KernelTime[],
    trees: number,
    bytesOf: (ran: (kernel: string) => boolean) => RoundBytes,
  ): void {
    const bytes = bytesOf((name) => times.some(({ kernel }) => kernel === name));
    for (const time of times) {
      const { kernel } = time;
      const before = this.#kernels.get(kernel);
      const counted = bytes.kernels[kernel] === undefined ? null : bytes.kernels[kernel] * trees;
      this.#kernels.set(kernel, {
        kernel,
        dispatches: time.dispatches + (before?.dispatches ?? 0),
        milliseconds: time.milliseconds + (before?.milliseconds ?? 0),
        discarded: time.discarded + (before?.discarded ?? 0),
        countedBytes: counted === null ? null : counted + (before?.countedBytes ?? 0),
      });
    }
    this.#sums.countedBytes += bytes.total * trees;
    this.#sums.floorBytes += bytes.floor * trees;
  }

  /** Bytes of a round of one lane, the mean over the lanes. */
  #bytes(matrix: BinnedMatrix, lanes: readonly Lane[], ran: (kernel: string) => boolean): RoundBytes {
    const { bins } = cellFacts(matrix);
    const growth = lanes.map(({ parameters }) => parameters);
    const { maxBinding, facts: { software } } = this.#gpu;
    const plan = planGroup(matrix.layout, bins, lanes.length, growth, { maxBinding, software });
    const sampled = lanes.reduce((sum, { role, parameters }) => {
      const training = role.reduce((count, own) => count + (own === ROLE_TRAIN ? 1 : 0), 0);
      return sum + training * parameters.subsample;
    }, 0);
    const listed = sampled / lanes.length;
    return roundBytes(plan, matrix.layout, bins, 1, listed, countedKernels(ran));
  }
}
