/** Files that are whole or absent: written beside under `.partial`, synced, renamed. */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { SpliceboostError } from "../numerics/errors.ts";
import type { CheckpointStore } from "../training/types.ts";

const CHECKPOINT_FOLDER = ".checkpoint";

/** A file being written under `PATH.partial`; `commit` gives it its name. */
export class PartialFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Starts the file, and makes its folder. Errors (runtime) name the path and what to do. */
  static async create(path: string): Promise<PartialFile> {
    try {
      await Deno.mkdir(dirname(path), { recursive: true });
      return new PartialFile(path, await Deno.create(`${path}.partial`));
    } catch (error) {
      throw fileError(error, path, "written");
    }
  }

  /** Appends bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#file.write(rest));
    } catch (error) {
      await this.abandon();
      throw fileError(error, this.#path, "written");
    }
  }

  /** Puts the bytes on the disk and the file in its place, over an older one. */
  async commit(): Promise<void> {
    try {
      await this.#file.sync();
      this.#file.close();
      await Deno.rename(`${this.#path}.partial`, this.#path);
    } catch (error) {
      await this.abandon();
      throw fileError(error, this.#path, "written");
    }
  }

  /** Removes what was written. */
  async abandon(): Promise<void> {
    try {
      this.#file.close();
    } catch { /* closed already */ }
    await Deno.remove(`${this.#path}.partial`).catch(() => {});
  }
}

/** Writes a whole file: readers see the old bytes or the new. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await PartialFile.create(path);
  await file.write(bytes);
  await file.commit();
}

/** The bytes of a file, or null where there is none. */
export async function readIfPresent(path: string): Promise<Uint8Array | null> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw fileError(error, path, "read");
  }
}

/** Whether there is a directory of that path. */
export async function isDirectory(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isDirectory ?? false;
}

/**
 * Checks that a directory can be written, or made, before hours of work: a file is written and removed. Nothing is made.
 */
export async function checkWritable(directory: string): Promise<void> {
  let nearest = directory;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  const probe = join(nearest, `.spliceboost-write-check-${Deno.pid}`);
  try {
    await Deno.writeFile(probe, new Uint8Array(1));
    await Deno.remove(probe);
  } catch (error) {
    await Deno.remove(probe).catch(() => {});
    throw fileError(error, directory, "written");
  }
}

/** The files of a run directory. */
export class RunStore {
  /** As the user typed it. */
  readonly directory: string;
  readonly checkpoint: CheckpointStore;
  readonly #isNew: boolean;

  private constructor(directory: string, isNew: boolean) {
    this.directory = directory;
    this.#isNew = isNew;
    this.checkpoint = new FolderCheckpoint(join(directory, CHECKPOINT_FOLDER));
  }

  /** Opens the directory, and makes it if absent. */
  static async open(directory: string): Promise<RunStore> {
    const isNew = !existsSync(directory);
    try {
      await Deno.mkdir(directory, { recursive: true });
    } catch (error) {
      throw fileError(error, directory, "written");
    }
    return new RunStore(directory, isNew);
  }

  /** Opens a directory that is only read. */
  static existing(directory: string): RunStore {
    return new RunStore(directory, false);
  }

  /** Removes the directory if `open` made it and it is empty. */
  async leave(): Promise<void> {
    if (this.#isNew) await Deno.remove(this.directory).catch(() => {});
  }

  /** The path of a file of the run. */
  path(name: string): string {
    // Names may come from a manifest that somebody else wrote.
    if (isAbsolute(name) || name.split(/[\\/]/).some((part) => ["", ".", ".."].includes(part))) {
      throw new SpliceboostError("runtime", `A run file must lie in the run directory, found "${name}".`);
    }
    return join(this.directory, name);
  }

  /** Writes one file of the run. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    await writeWhole(this.path(name), bytes);
  }

  /** Reads one file of the run; null where there is none. */
  async read(name: string): Promise<Uint8Array | null> {
    return await readIfPresent(this.path(name));
  }

  /** Removes one file of the run, if present. */
  async remove(name: string): Promise<void> {
    await removeIfPresent(this.path(name), false);
  }
}

/** Checkpoints in a hidden folder of the run directory. */
class FolderCheckpoint implements CheckpointStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(name: string): Promise<Uint8Array | null> {
    return await readIfPresent(this.#file(name));
  }

  async save(name: string, bytes: Uint8Array): Promise<void> {
    await writeWhole(this.#file(name), bytes);
  }

  async clear(): Promise<void> {
    await removeIfPresent(this.#folder);
  }

  #file(name: string): string {
    return join(this.#folder, encodeURIComponent(name));
  }
}

/** Removes a file, or a folder (with all it holds, if `recursive`), if present. */
export async function removeIfPresent(path: string, recursive = true): Promise<void> {
  try {
    await Deno.remove(path, { recursive });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw fileError(error, path, "removed");
  }
}

/** An error of the file system in the house's words; errors of our own pass through. */
export function fileError(
  error: unknown,
  path: string,
  action: "read" | "written" | "removed",
): SpliceboostError {
  if (error instanceof SpliceboostError) return error;
  // What is to be read and is not there is a matter of the data; the rest is one of the machine.
  const kind = action === "read" && error instanceof Deno.errors.NotFound ? "data" : "runtime";
  return new SpliceboostError(kind, `${path}: cannot be ${action}: ${why(error, action)}`, { cause: error });
}

function why(error: unknown, action: string): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === "ENOSPC") return "the disk is full. Free some space, or choose another disk, and run again.";
  if (code === "EDQUOT") return "your disk quota is used up. Free some space and run again.";
  if (code === "EROFS") return "the file system is read-only. Choose another directory.";
  if (
    code === "ENOTDIR" || error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.AlreadyExists
  ) {
    return "a part of the path is a file, where a directory was expected. Choose another path.";
  }
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return `permission denied. Choose another path, or change its permissions so that it can be ${action}.`;
  }
  if (error instanceof Deno.errors.NotFound) return "it does not exist. Check the path.";
  if (error instanceof Deno.errors.IsADirectory || code === "EISDIR") {
    return "it is a directory, where a file was expected.";
  }
  return error instanceof Error ? `${error.message}.` : `${String(error)}.`;
}
