/** Checkpoints: what an interrupted run leaves behind, and whether it fits the run at hand. */
import { ROLE_ASIDE } from "../numerics/engine.ts";
import { SpliceboostError } from "../numerics/errors.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../formats/safetensors.ts";
import { Sha256 } from "../numerics/sha256.ts";
import type { PlannedLane } from "./lanes.ts";
import type { TrainedLane } from "./train-lanes.ts";
import { packTrees, tensorOf, unpackTrees } from "./tree-codec.ts";
import type { CheckpointStore } from "./types.ts";

/** What a run depends on, by name; runs with equal identities give the same bytes. JSON values. */
export type RunIdentity = Readonly<Record<string, unknown>>;

/** A lane as it was saved. */
export interface SavedLane extends TrainedLane {
  readonly finished: boolean;
}

const IDENTITY_FILE = "run.json";

/** The checkpoint of one run in a store. */
export class Checkpoint {
  readonly #store: CheckpointStore;
  readonly #run: string;
  readonly #note: (note: string) => void;

  private constructor(store: CheckpointStore, run: string, note: (note: string) => void) {
    this.#store = store;
    this.#run = run;
    this.#note = note;
  }

  /**
   * Opens the store for a run. What another run left there is named in a note and cleared.
   * @param note takes remarks about what was found and not used
   */
  static async open(
    store: CheckpointStore,
    identity: RunIdentity,
    note: (note: string) => void,
  ): Promise<Checkpoint> {
    const text = JSON.stringify(identity);
    const found = await store.load(IDENTITY_FILE);
    const foundText = found && new TextDecoder().decode(found);
    if (foundText !== text) {
      if (foundText !== null) {
        note(
          `a checkpoint was found and not used: it is of a run with another ${
            difference(foundText, identity)
          }`,
        );
        await store.clear();
      }
      await store.save(IDENTITY_FILE, new TextEncoder().encode(text));
    }
    return new Checkpoint(store, new Sha256().update(new TextEncoder().encode(text)).hex(), note);
  }

  /** What was saved of a lane, or null. A damaged file is named in a note and not used. */
  async load({ key, lane }: PlannedLane, columns: number): Promise<SavedLane | null> {
    const bytes = await this.#store.load(fileOf(key));
    if (bytes === null) return null;
    try {
      const { tensors, metadata } = readSafetensors(bytes, `checkpoint ${fileOf(key)}`);
      if (metadata.run !== this.#run) {
        this.#note(`checkpoint ${fileOf(key)} was not used: it is of another run`);
        return null;
      }
      const aside = lane.role.reduce((sum, role) => sum + (role === ROLE_ASIDE ? 1 : 0), 0);
      return {
        trees: unpackTrees(tensors, columns),
        history: tensorOf(tensors, "history", Float64Array),
        asideMargins: tensorOf(tensors, "aside_margins", Int32Array, aside),
        finished: metadata.finished === "true",
      };
    } catch (error) {
      if (!(error instanceof SpliceboostError)) throw error;
      this.#note(`checkpoint ${fileOf(key)} was not used: ${error.message}`);
      return null;
    }
  }

  /** Saves a lane; one without trees is not worth a file. */
  async save(key: string, lane: SavedLane): Promise<void> {
    if (lane.trees.length === 0) return;
    const tensors: [string, Tensor][] = [
      ...packTrees(lane.trees),
      ["history", { shape: [lane.history.length], data: lane.history }],
      ["aside_margins", { shape: [lane.asideMargins.length], data: lane.asideMargins }],
    ];
    const metadata = { run: this.#run, finished: String(lane.finished) };
    await this.#store.save(fileOf(key), writeSafetensors(new Map(tensors), metadata));
  }
}

function fileOf(key: string): string {
  return `${key}.safetensors`;
}

/** Names of the parts in which a stored identity differs from this run's. */
function difference(stored: string, identity: RunIdentity): string {
  try {
    const other: Record<string, unknown> = JSON.parse(stored);
    const names = new Set([...Object.keys(identity), ...Object.keys(other)]);
    return [...names].filter((name) => JSON.stringify(other[name]) !== JSON.stringify(identity[name])).join(
      ", ",
    );
  } catch {
    return "format";
  }
}
