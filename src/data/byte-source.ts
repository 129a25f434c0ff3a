/** Bytes by range, whatever they lie in: a buffer, a Blob, a URL, or a file that the caller opens. */
import { dataError, usageError } from "../numerics/errors.ts";
import { Sha256 } from "../numerics/sha256.ts";

/** A named run of bytes that can be read in part. */
export interface ByteSource {
  /** File name, for messages and to tell the format. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes start .. end-1; fewer only past the end. */
  slice(start: number, end: number): Promise<ArrayBuffer>;
}

/** A column of an Arrow-like table. */
export interface ArrowColumnLike {
  readonly length: number;
  get(row: number): unknown;
}

/** An Arrow-like table: Apache Arrow's, flechette's, or anything of this shape. */
export interface ArrowTableLike {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type?: unknown }[] };
  getChild(name: string): ArrowColumnLike | null;
}

type Raw = Blob | URL | string | ArrayBuffer | Uint8Array | ArrowTableLike;

/** One input: a file, its bytes, where it lies, or a table; `{ name, data }` names what has no name of its own. */
export type DataInput = Raw | ByteSource | { readonly name: string; readonly data: Raw };

/** Whether an input is a table already. */
export function isArrowTable(value: unknown): value is ArrowTableLike {
  const table = value as Partial<ArrowTableLike> | null;
  return typeof table === "object" && table !== null && typeof table.numRows === "number" &&
    typeof table.getChild === "function" && Array.isArray(table.schema?.fields);
}

function isByteSource(value: unknown): value is ByteSource {
  const source = value as Partial<ByteSource> | null;
  return typeof source === "object" && source !== null && !(value instanceof Blob) &&
    typeof source.name === "string" && typeof source.size === "number" && typeof source.slice === "function";
}

/**
 * Gives an input its name, and random access to its bytes unless it is a table.
 * @param input What the caller passed.
 * @param fallbackName Name of an input that has none.
 * @throws SpliceboostError (usage) for anything else; (data) where a URL cannot be read.
 */
export async function resolveInput(
  input: DataInput,
  fallbackName: string,
): Promise<ByteSource | { readonly name: string; readonly table: ArrowTableLike }> {
  if (isByteSource(input)) return input;
  if (typeof input === "object" && "data" in input && "name" in input) {
    const inner = await resolveInput(input.data as Raw, input.name);
    return "table" in inner
      ? { name: input.name, table: inner.table }
      : { name: input.name, size: inner.size, slice: (start, end) => inner.slice(start, end) };
  }
  if (isArrowTable(input)) return { name: fallbackName, table: input };
  if (input instanceof Blob) return blobSource(input, fallbackName);
  if (input instanceof ArrayBuffer) return bufferSource(new Uint8Array(input), fallbackName);
  if (input instanceof Uint8Array) return bufferSource(input, fallbackName);
  if (input instanceof URL) return await urlSource(input);
  if (typeof input === "string" && /^https?:\/\//i.test(input)) return await urlSource(new URL(input));
  throw usageError(
    "Input data: expected a File, Blob, buffer, http(s) URL, Arrow table or { name, size, slice }, found " +
      `${typeof input === "string" ? `the text "${input.slice(0, 80)}"` : typeof input}. ` +
      "The library opens no paths: read the file and pass its bytes or a File.",
  );
}

/** Random access to bytes in memory. */
export function bufferSource(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    // A Node Buffer's own slice is a view of all its memory.
    slice: (start, end) =>
      Promise.resolve(Uint8Array.prototype.slice.call(bytes, start, end).buffer as ArrayBuffer),
  };
}

function blobSource(blob: Blob, fallbackName: string): ByteSource {
  return {
    name: blob instanceof File ? blob.name : fallbackName,
    size: blob.size,
    slice: (start, end) => blob.slice(start, end).arrayBuffer(),
  };
}

async function urlSource(url: URL): Promise<ByteSource> {
  const { asyncBufferFromUrl } = await import("hyparquet");
  const name = decodeURIComponent(url.pathname.split("/").pop() || url.hostname);
  const fetched = async <T>(step: () => T | Promise<T>): Promise<T> => {
    try {
      return await step();
    } catch (cause) {
      throw dataError(
        `${url.href}: cannot be fetched (${
          (cause as Error).message
        }). Check the address and its CORS headers.`,
        cause,
      );
    }
  };
  const remote = await fetched(() => asyncBufferFromUrl({ url: url.href }));
  return { name, size: remote.byteLength, slice: (start, end) => fetched(() => remote.slice(start, end)) };
}

/** The bytes of a source in order, a mebibyte at a time. */
export function byteStream(
  source: ByteSource,
  chunkBytes = 1 << 20,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at >= source.size) return controller.close();
      const bytes = new Uint8Array(await source.slice(at, Math.min(source.size, at + chunkBytes)));
      if (bytes.length === 0) {
        throw dataError(
          `${source.name}: ends after ${at} of ${source.size} bytes; it changed while being read.`,
        );
      }
      at += bytes.length;
      controller.enqueue(bytes);
    },
  });
}

/** Size and hash of a file's bytes, streamed. */
export async function digestFile(file: ByteSource): Promise<{ bytes: number; sha256: string }> {
  const hash = new Sha256();
  for await (const bytes of byteStream(file)) hash.update(bytes);
  return { bytes: file.size, sha256: hash.hex() };
}
