/** Checkpoints: what an interrupted run leaves behind, and whether it fits the run at hand. */
import { ROLE_ASIDE, type Tree } from "../numerics/engine.ts";
import { dataError, SpliceboostError } from "../numerics/errors.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../formats/safetensors.ts";
import { readTreeTensors, treeTensors, vectorOf } from "../formats/tree-tensors.ts";
import type { MatrixLayout } from "../numerics/matrix.ts";
import { checkTrees } from "../trees/tree-check.ts";
import { packTrees, sliceTree } from "../trees/tree-model.ts";
import { Sha256 } from "../numerics/sha256.ts";
import type { PlannedLane, TrainedLane } from "./lanes.ts";
import type { CheckpointStore } from "./types.ts";

/** What a run depends on, by name; runs with equal identities give the same bytes. JSON values. */
export type RunIdentity = Readonly<Record<string, unknown>>;

/** A lane as it was saved. */
export interface SavedLane extends TrainedLane {
  readonly trees: readonly Tree[];
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
  async load({ key, lane }: PlannedLane, layout: MatrixLayout): Promise<SavedLane | null> {
    const bytes = await this.#store.load(fileOf(key));
    if (bytes === null) return null;
    const source = `checkpoint ${fileOf(key)}`;
    try {
      const { tensors, metadata } = readSafetensors(bytes, source);
      if (metadata.run !== this.#run) {
        this.#note(`${source} was not used: it is of another run`);
        return null;
      }
      const { sha256, ...facts } = metadata;
      const found = contentHash(tensors, facts);
      if (found !== sha256) {
        throw dataError(`${source}: expected contents of SHA-256 ${sha256}, found ${found}`);
      }
      const history = vectorOf(tensors, "history", Float64Array, sizeIn(metadata.history), source);
      const packed = readTreeTensors(tensors, sizeIn(metadata.trees), source);
      const featureNames = layout.columns.map(({ name }) => name);
      checkTrees(packed, { featureNames, cuts: layout.columns.map(({ cuts }) => cuts) }, source);
      const aside = lane.role.reduce((sum, role) => sum + (role === ROLE_ASIDE ? 1 : 0), 0);
      return {
        treeCount: packed.offsets.length - 1,
        trees: Array.from(
          packed.offsets.subarray(1),
          (end, t) => sliceTree(packed, packed.offsets[t], end),
        ),
        history,
        asideMargins: vectorOf(tensors, "aside_margins", Int32Array, aside, source),
        finished: metadata.finished === "true",
      };
    } catch (error) {
      if (!(error instanceof SpliceboostError)) throw error;
      this.#note(`a damaged checkpoint was not used: ${error.message}`);
      return null;
    }
  }

  /** Saves a lane; one without trees is not worth a file. */
  async save(key: string, lane: SavedLane): Promise<void> {
    if (lane.trees.length === 0) return;
    const tensors = new Map<string, Tensor>([
      ...treeTensors(packTrees(lane.trees)),
      ["history", { shape: [lane.history.length], data: lane.history }],
      ["aside_margins", { shape: [lane.asideMargins.length], data: lane.asideMargins }],
    ]);
    const facts = {
      run: this.#run,
      finished: String(lane.finished),
      trees: String(lane.trees.length),
      history: String(lane.history.length),
    };
    const sha256 = contentHash(tensors, facts);
    await this.#store.save(fileOf(key), writeSafetensors(tensors, { ...facts, sha256 }));
  }
}

/** SHA-256 of all that is in a file, so that a damaged one cannot pass for a trained lane. */
function contentHash(
  tensors: ReadonlyMap<string, Tensor>,
  facts: Readonly<Record<string, string | undefined>>,
): string {
  const hash = new Sha256().update(new TextEncoder().encode(JSON.stringify(Object.entries(facts).sort())));
  for (const name of [...tensors.keys()].sort()) {
    const { data } = tensors.get(name)!;
    hash.update(new TextEncoder().encode(name));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.hex();
}

/** A length kept as text; NaN, which no tensor has, where there is none. */
function sizeIn(text: string | undefined): number {
  return text === undefined ? NaN : Number(text);
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
