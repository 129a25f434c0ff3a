/** Writes the files of a run one by one, and last the manifest with their hashes: a directory with a manifest is whole. */
import { Sha256 } from "../numerics/sha256.ts";
import type { RunFile } from "../training/run-files.ts";
import type { RunStore } from "./files.ts";
import { encode, MANIFEST_FILE, type RunRecord } from "./manifest.ts";

/** A file that was written. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export class RunWriter {
  readonly outputs: WrittenFile[] = [];
  readonly #store: RunStore;
  readonly #oldFiles: readonly string[];

  private constructor(store: RunStore, oldFiles: readonly string[]) {
    this.#store = store;
    this.#oldFiles = oldFiles;
  }

  /** @param replaces files of the run that this one takes the place of, its manifest first; that one is removed here */
  static async begin(store: RunStore, replaces: readonly string[]): Promise<RunWriter> {
    const [oldManifest, ...oldFiles] = replaces;
    if (oldManifest) await store.remove(oldManifest);
    return new RunWriter(store, oldFiles);
  }

  /** Writes files as they are made. */
  async writeAll(files: AsyncIterable<RunFile>): Promise<void> {
    for await (const { path, bytes } of files) {
      await this.#store.write(path, bytes);
      this.outputs.push({ path, bytes: bytes.length, sha256: new Sha256().update(bytes).hex() });
    }
  }

  /** Removes what the old run had and this one lacks, then writes the manifest. */
  async finish(record: RunRecord): Promise<void> {
    for (const path of this.#oldFiles) {
      if (!this.outputs.some((output) => output.path === path)) await this.#store.remove(path);
    }
    await this.#store.write(MANIFEST_FILE, encode(record));
  }
}
