/** From what the user calls the data set to the files it consists of. */
import * as nodeFiles from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { ByteSource } from "../data/byte-source.ts";
import { dataError, nearestName } from "../numerics/errors.ts";
import { fileError } from "./files.ts";

/** Kinds of shards, best first: a directory is read as the first kind that it holds. */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["Parquet", /\.parquet$/i],
  ["Arrow", /\.(arrow|feather)$/i],
  ["CSV", /\.(csv|tsv)(\.gz)?$/i],
];
const IS_URL = /^https?:\/\//i;
const IS_GLOB = /[*?[{]/;
// Deno has it; the types of Node 20 do not know it yet.
const { glob } = nodeFiles as unknown as { glob(pattern: string): AsyncIterable<string> };

/** The files of a data set. */
export interface DatasetFiles {
  /** Paths in name order, or one URL. */
  readonly paths: readonly string[];
  /** Folder that the names in messages and manifests are relative to. */
  readonly base: string;
  /** One sentence for the log: what is read. */
  readonly said: string;
}

/** Finds the files; a data error says what was expected where nothing fits. */
export async function locateDataset(path: string): Promise<DatasetFiles> {
  if (IS_URL.test(path)) return { paths: [path], base: "", said: `Reads ${path}.` };
  const info = await stat(path);
  if (info?.isFile) return { paths: [path], base: dirname(path), said: `Reads the file ${path}.` };
  if (info?.isDirectory) return await fromDirectory(path);
  if (IS_GLOB.test(path)) return await fromGlob(path);
  throw await missing(path);
}

/** Opens the files for reading by range. Call `close` when done. */
export function openFiles(files: DatasetFiles): { readonly sources: (ByteSource | string)[]; close(): void } {
  const opened: FileSource[] = [];
  const close = () => opened.splice(0).forEach((source) => source.close());
  try {
    const sources = files.paths.map((path) => {
      if (IS_URL.test(path)) return path;
      const source = new FileSource(path, relative(files.base, path) || basename(path));
      opened.push(source);
      return source;
    });
    return { sources, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A file read by range. Reads are synchronous, so that a seek and its read stay together. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #path: string;
  readonly #file: Deno.FsFile;

  constructor(path: string, name: string = basename(path)) {
    this.name = name;
    this.#path = path;
    try {
      this.#file = Deno.openSync(path);
      this.size = this.#file.statSync().size;
    } catch (error) {
      throw fileError(error, path, "read");
    }
  }

  slice(start: number, end: number): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.size) - start));
    try {
      this.#file.seekSync(start, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) {
        const read = this.#file.readSync(bytes.subarray(at));
        if (read === null) {
          throw dataError(
            `${this.#path}: ends at byte ${start + at}, where ${this.size} bytes were expected; ` +
              "it changed while it was read. Run again when nothing writes to it.",
          );
        }
        at += read;
      }
    } catch (error) {
      return Promise.reject(fileError(error, this.#path, "read"));
    }
    return Promise.resolve(bytes.buffer);
  }

  close(): void {
    this.#file.close();
  }
}

/** `master` inside the directory is the data set; what lies beside it are a builder's intermediate files. */
async function fromDirectory(path: string): Promise<DatasetFiles> {
  const master = join(path, "master");
  if ((await stat(master))?.isDirectory) {
    const files = await listShards(master);
    if (files) return { ...files, said: `${path} holds master: ${files.said}` };
  }
  const files = await listShards(path);
  if (files) return files;
  const found = (await names(path)).slice(0, 5).join(", ") || "an empty directory";
  throw dataError(
    `${path}: expected data files (.parquet, .arrow, .feather, .csv, .tsv) or a directory "master" with them, ` +
      `found ${found}. Check --dataset.`,
  );
}

async function listShards(directory: string): Promise<DatasetFiles | null> {
  const all = await names(directory);
  for (const [kind, pattern] of KINDS) {
    // The manifest lists the genes of the shards; it is no shard.
    const shards = all.filter((name) => pattern.test(name) && !/manifest/i.test(name));
    if (shards.length === 0) continue;
    const left = all.filter((name) => KINDS.some(([, other]) => other.test(name)) && !shards.includes(name));
    return {
      paths: shards.map((name) => join(directory, name)),
      base: directory,
      said: `Reads ${shards.length} ${kind} file${shards.length > 1 ? "s" : ""} of ${directory}` +
        (left.length > 0 ? ` (not ${left.join(", ")}).` : "."),
    };
  }
  return null;
}

async function fromGlob(pattern: string): Promise<DatasetFiles> {
  const paths: string[] = [];
  for await (const path of glob(pattern)) {
    if ((await stat(path))?.isFile) paths.push(path);
  }
  if (paths.length === 0) {
    throw dataError(
      `${pattern}: no file has such a name. Check --dataset, and quote the pattern for the shell.`,
    );
  }
  paths.sort();
  const base = paths.map(dirname).reduce(commonFolder);
  return { paths, base, said: `Reads ${paths.length} files that ${pattern} names.` };
}

function commonFolder(a: string, b: string): string {
  let common = a;
  while (common !== b && !b.startsWith(common.endsWith("/") ? common : `${common}/`)) {
    const up = dirname(common);
    if (up === common) return up;
    common = up;
  }
  return common;
}

/** "DIR/master" where DIR holds the shards itself, or a slip of the pen. */
async function missing(path: string): Promise<Error> {
  const parent = dirname(path);
  const hint = basename(path) === "master" && (await stat(parent))?.isDirectory && await listShards(parent)
    ? `${parent} holds data files itself: use --dataset ${parent}.`
    : await similar(parent, basename(path));
  return dataError(`${path}: expected a directory, a file, a glob or a URL, found nothing there. ${hint}`);
}

async function similar(parent: string, name: string): Promise<string> {
  if (!(await stat(parent))?.isDirectory) return `${parent} does not exist either. Check --dataset.`;
  const near = nearestName(name, await names(parent));
  return near ? `Did you mean ${join(parent, near)}?` : "Check --dataset.";
}

async function stat(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) throw fileError(error, path, "read");
    return null;
  }
}

async function names(directory: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(directory)) {
      if (!entry.name.startsWith(".") && !entry.name.endsWith(".partial")) found.push(entry.name);
    }
  } catch (error) {
    throw fileError(error, directory, "read");
  }
  return found.sort();
}
