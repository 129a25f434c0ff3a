/**
 * Safetensors, read and written: 8 bytes of header length (u64, little-endian), a JSON header, then the tensors' bytes
 * without gaps. The same tensors and metadata always give the same bytes. Files are read as hostile: every length is
 * checked against the bytes at hand before anything is made from it.
 */
import * as v from "valibot";
import { dataError, usageError } from "../numerics/errors.ts";

/** Element types understood here, by their safetensors names. */
const ARRAY_OF = {
  F64: Float64Array,
  I64: BigInt64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;

export type Dtype = keyof typeof ARRAY_OF;
export type TensorData =
  | Float64Array
  | BigInt64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

interface ArrayType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TensorData;
}

/** A tensor: row-major values and the lengths of its axes (none for a scalar). */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The header's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA_KEY = "__metadata__";
const LENGTH_BYTES = 8;
/** The header is padded with spaces to this, so that the first tensor is aligned. */
const ALIGNMENT = 8;
/** The format's own limit on the header. */
const MAX_HEADER_BYTES = 100_000_000;

const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const EntrySchema = v.strictObject({
  dtype: v.string(),
  shape: v.pipe(v.array(Whole), v.maxLength(8)),
  data_offsets: v.strictTuple([Whole, Whole]),
});
// Not a record: that would drop names such as "prototype" in silence.
const MetadataSchema = v.custom<Readonly<Record<string, string>>>((value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) &&
  Object.values(value).every((text) => typeof text === "string")
);

/** The safetensors name of an array's element type. */
export function dtypeOf(data: TensorData): Dtype {
  for (const [dtype, type] of Object.entries(ARRAY_OF)) if (data instanceof type) return dtype as Dtype;
  throw usageError(`a tensor must be a typed array of ${Object.keys(ARRAY_OF).join(", ")}`);
}

/**
 * The bytes of a safetensors file. Tensors lie in order of falling element size, then by name (code units), which
 * aligns each of them without gaps; metadata keys are sorted.
 * @throws SpliceboostError (usage) where a shape does not fit its data.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort(([nameA, a], [nameB, b]) =>
    b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1)
  );
  const entries: [string, unknown][] = [[
    METADATA_KEY,
    Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))),
  ]];
  let end = 0;
  for (const [name, { shape, data }] of ordered) {
    if (name === METADATA_KEY || shape.reduce((product, axis) => product * axis, 1) !== data.length) {
      throw usageError(`tensor "${name}": shape [${shape}] does not fit ${data.length} values`);
    }
    entries.push([name, { dtype: dtypeOf(data), shape, data_offsets: [end, end += data.byteLength] }]);
  }
  // Written by hand: an object would move keys that look like integers to the front.
  const json = `{${
    entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")
  }}`;
  const text = new TextEncoder().encode(json);
  const headerBytes = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;

  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(text, LENGTH_BYTES);
  file.fill(0x20, LENGTH_BYTES + text.length, LENGTH_BYTES + headerBytes);
  let at = LENGTH_BYTES + headerBytes;
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Tensors and metadata of a safetensors file. Tensors are views of `bytes` where alignment allows, else copies.
 * @param source what to call the file in errors.
 * @throws SpliceboostError (data) naming the tensor, what was expected and what was found.
 */
export function readSafetensors(bytes: Uint8Array, source = "safetensors file"): Safetensors {
  const headerBytes = readHeaderLength(bytes, source);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes), source);
  const body = bytes.subarray(LENGTH_BYTES + headerBytes);

  const metadata = v.safeParse(MetadataSchema, header.get(METADATA_KEY) ?? {});
  if (!metadata.success) throw dataError(`${source}: ${METADATA_KEY} must be an object of texts`);
  header.delete(METADATA_KEY);

  const entries = [...header].map(([name, value]) => checkEntry(name, value, body.length, source));
  checkCoverage(entries, body.length, source);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, type, begin, end } of entries) {
    tensors.set(name, { shape, data: viewOf(body, type, begin, end) });
  }
  return { tensors, metadata: { ...metadata.output } };
}

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ArrayType;
  readonly begin: number;
  readonly end: number;
}

function readHeaderLength(bytes: Uint8Array, source: string): number {
  if (bytes.length < LENGTH_BYTES) {
    throw dataError(
      `${source}: expected at least ${LENGTH_BYTES} bytes, found ${bytes.length}: the file is cut short`,
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  const room = bytes.length - LENGTH_BYTES;
  if (length > BigInt(Math.min(room, MAX_HEADER_BYTES))) {
    throw dataError(
      `${source}: a header of ${length} bytes is announced, but ${room} bytes follow` +
        ` (and at most ${MAX_HEADER_BYTES} are allowed): the file is cut short or no safetensors file`,
    );
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array, source: string): Map<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw dataError(
      `${source}: the header is not JSON text: the file is damaged or no safetensors file`,
      cause,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw dataError(`${source}: the header must be a JSON object`);
  }
  return new Map(Object.entries(value));
}

function checkEntry(name: string, value: unknown, bodyBytes: number, source: string): Entry {
  const where = `${source}: tensor ${JSON.stringify(name)}`;
  const parsed = v.safeParse(EntrySchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw dataError(
      `${where}: expected {dtype, shape, data_offsets: [begin, end]} of whole numbers;` +
        ` at ${v.getDotPath(issue) ?? "the top"}: expected ${issue.expected}, found ${issue.received}`,
    );
  }
  const { dtype, shape, data_offsets: [begin, end] } = parsed.output;
  if (!Object.hasOwn(ARRAY_OF, dtype)) {
    throw dataError(`${where}: expected a dtype of ${Object.keys(ARRAY_OF).join(", ")}; found ${dtype}`);
  }
  if (begin > end || end > bodyBytes) {
    throw dataError(`${where}: bytes ${begin} to ${end} lie outside the ${bodyBytes} bytes of tensors`);
  }
  const type: ArrayType = ARRAY_OF[dtype as Dtype];
  // In floating point the product of safe integers may round, but never from above bodyBytes to below.
  const bytes = shape.reduce((product, axis) => product * axis, type.BYTES_PER_ELEMENT);
  if (bytes !== end - begin) {
    throw dataError(
      `${where}: shape [${shape}] of ${dtype} takes ${bytes} bytes, but data_offsets span ${end - begin}`,
    );
  }
  return { name, shape, type, begin, end };
}

/** Tensors must follow each other without gap or overlap and use up the file. */
function checkCoverage(entries: readonly Entry[], bodyBytes: number, source: string): void {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      const what = begin < at ? "overlaps the tensor before it" : "leaves a gap before it";
      throw dataError(
        `${source}: tensor ${JSON.stringify(name)} ${what}: it begins at ${begin}, expected ${at}`,
      );
    }
    at = end;
  }
  if (at !== bodyBytes) {
    throw dataError(`${source}: the tensors end at byte ${at}, but ${bodyBytes} bytes follow the header`);
  }
}

function viewOf(body: Uint8Array, type: ArrayType, begin: number, end: number): TensorData {
  const offset = body.byteOffset + begin;
  const length = (end - begin) / type.BYTES_PER_ELEMENT;
  if (offset % type.BYTES_PER_ELEMENT === 0) return new type(body.buffer, offset, length);
  return new type(body.slice(begin, end).buffer, 0, length);
}
