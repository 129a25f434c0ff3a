/** A checkpoint store in memory. */
import type { CheckpointStore } from "../../src/training/types.ts";

export class MemoryStore implements CheckpointStore {
  readonly files = new Map<string, Uint8Array>();

  load(name: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.files.get(name)?.slice() ?? null);
  }

  save(name: string, bytes: Uint8Array): Promise<void> {
    this.files.set(name, bytes.slice());
    return Promise.resolve();
  }

  clear(): Promise<void> {
    this.files.clear();
    return Promise.resolve();
  }
}
