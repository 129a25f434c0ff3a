/**
 * Pages of a Parquet column chunk, decoded straight into typed arrays. hyparquet reads headers, codecs and encodings;
 * levels and dictionary indices are decoded here with every count checked, since files may be hostile and since this
 * is the hot loop of reading.
 */
import type { ColumnMetaData, Compressors, DecodedArray, SchemaElement } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from "hyparquet/src/delta.js";
import { byteStreamSplit } from "hyparquet/src/encoding.js";
import { readPlain } from "hyparquet/src/plain.js";
import { readHybrid } from "./parquet-runs.ts";

/** Largest page accepted, uncompressed. */
const MAX_PAGE_BYTES = 2 ** 30;

/** A column chunk: one flat column of one row group. */
export interface Chunk {
  readonly meta: ColumnMetaData;
  readonly element: SchemaElement;
  readonly rows: number;
  readonly compressors: Compressors | undefined;
}

type Values = ArrayLike<number> | string[];

interface PageHeader {
  readonly numValues: number;
  readonly encoding: string;
  /** Levels already split from the values (version 2), or null where they open the page (version 1). */
  readonly levels: Uint8Array | null;
  readonly values: Uint8Array;
}

/**
 * Decodes a chunk into `out[offset ..]`: numbers (null becomes NaN) or texts (null stays).
 * @param buffer The chunk's bytes, dictionary page first.
 * @throws Error with a message about the damage; the caller adds file and column.
 */
export function decodeChunk(
  buffer: ArrayBuffer,
  chunk: Chunk,
  out: Float32Array | Float64Array | (string | null)[],
  offset: number,
): void {
  const reader = { view: new DataView(buffer), offset: 0 };
  let dictionary: Values | null = null;
  let row = 0;
  while (row < chunk.rows) {
    if (reader.offset >= buffer.byteLength) {
      throw new Error(`ends after ${row} of ${chunk.rows} rows of a row group`);
    }
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    if (!(size >= 0 && reader.offset + size <= buffer.byteLength)) {
      throw new Error(`a page of ${size} bytes passes the end of its column chunk`);
    }
    if (!(header.uncompressed_page_size >= 0 && header.uncompressed_page_size <= MAX_PAGE_BYTES)) {
      throw new Error(
        `a page of ${header.uncompressed_page_size} bytes; the largest accepted is ${MAX_PAGE_BYTES}`,
      );
    }
    const compressed = new Uint8Array(buffer, reader.offset, size);
    reader.offset += size;
    if (header.type === "DICTIONARY_PAGE") {
      const page = inflate(compressed, header.uncompressed_page_size, chunk);
      const count = header.dictionary_page_header?.num_values ?? -1;
      // Every entry takes a byte at least, so a count above the size is a lie.
      if (!(count >= 0 && count <= page.length)) {
        throw new Error(`a dictionary of ${count} entries in ${page.length} bytes`);
      }
      dictionary = plainValues(page, chunk.element, count);
      continue;
    }
    const page = dataPage(header, compressed, chunk);
    if (page === null) continue;
    if (!(page.numValues >= 0 && page.numValues <= chunk.rows - row)) {
      throw new Error(`a page of ${page.numValues} values where ${chunk.rows - row} rows are left`);
    }
    decodePage(page, chunk, dictionary, out, offset + row);
    row += page.numValues;
  }
}

function dataPage(
  header: ReturnType<typeof parquetHeader>,
  bytes: Uint8Array,
  chunk: Chunk,
): PageHeader | null {
  if (header.type === "DATA_PAGE" && header.data_page_header) {
    const { num_values, encoding } = header.data_page_header;
    return {
      numValues: num_values,
      encoding,
      levels: null,
      values: inflate(bytes, header.uncompressed_page_size, chunk),
    };
  }
  if (header.type === "DATA_PAGE_V2" && header.data_page_header_v2) {
    const v2 = header.data_page_header_v2;
    const levelBytes = v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
    if (
      !(v2.repetition_levels_byte_length >= 0 && v2.definition_levels_byte_length >= 0 &&
        levelBytes <= bytes.length)
    ) {
      throw new Error(`levels of ${levelBytes} bytes in a page of ${bytes.length}`);
    }
    const body = bytes.subarray(levelBytes);
    return {
      numValues: v2.num_values,
      encoding: v2.encoding,
      levels: bytes.subarray(v2.repetition_levels_byte_length, levelBytes),
      values: v2.is_compressed === false || body.length === 0
        ? body
        : inflate(body, header.uncompressed_page_size - levelBytes, chunk),
    };
  }
  return null;
}

function inflate(bytes: Uint8Array, size: number, chunk: Chunk): Uint8Array {
  if (!(size >= 0)) throw new Error(`a page of ${size} bytes`);
  return decompressPage(bytes, size, chunk.meta.codec, chunk.compressors);
}

function decodePage(
  page: PageHeader,
  chunk: Chunk,
  dictionary: Values | null,
  out: Float32Array | Float64Array | (string | null)[],
  offset: number,
): void {
  const { numValues } = page;
  let bytes = page.values;
  let present: Uint8Array | null = null;
  let count = numValues;
  if (chunk.element.repetition_type !== "REQUIRED") {
    let levels = page.levels;
    if (levels === null) {
      const size = lengthPrefix(bytes);
      levels = bytes.subarray(4, 4 + size);
      bytes = bytes.subarray(4 + size);
    }
    present = new Uint8Array(numValues);
    readHybrid(levels, 1, present);
    count = 0;
    for (let i = 0; i < numValues; i++) count += present[i];
    if (count === numValues) present = null;
  }
  const values = pageValues(bytes, page.encoding, chunk.element, count, dictionary);
  if (values.length < count) throw new Error(`a page of ${values.length} values where ${count} are promised`);
  place(values, present, numValues, out, offset);
}

/** Copies values into place, leaving null (NaN) where a row has none. */
function place(
  values: Values,
  present: Uint8Array | null,
  rows: number,
  out: Float32Array | Float64Array | (string | null)[],
  offset: number,
): void {
  if (Array.isArray(out)) {
    const texts = values as ArrayLike<string>;
    if (present === null) { for (let i = 0; i < rows; i++) out[offset + i] = texts[i]; }
    else for (let i = 0, v = 0; i < rows; i++) out[offset + i] = present[i] ? texts[v++] : null;
    return;
  }
  const numbers = values as ArrayLike<number>;
  if (present === null) {
    out.set(numbers.length === rows ? numbers : Array.prototype.slice.call(numbers, 0, rows), offset);
  } else {
    for (let i = 0, v = 0; i < rows; i++) out[offset + i] = present[i] ? numbers[v++] : NaN;
  }
}

function pageValues(
  bytes: Uint8Array,
  encoding: string,
  element: SchemaElement,
  count: number,
  dictionary: Values | null,
): Values {
  if (count === 0) return [];
  const { type } = element;
  if (encoding === "PLAIN") return plainValues(bytes, element, count);
  if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
    if (dictionary === null) throw new Error("a page refers to a dictionary that is not there");
    return fromDictionary(bytes, dictionary, count);
  }
  if (encoding === "RLE" && type === "BOOLEAN") {
    const size = lengthPrefix(bytes);
    const flags = new Uint8Array(count);
    readHybrid(bytes.subarray(4, 4 + size), 1, flags);
    return flags;
  }
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  if (encoding === "BYTE_STREAM_SPLIT" && type) {
    return convertValues(byteStreamSplit(reader, count, type, element.type_length), element);
  }
  if (encoding === "DELTA_BINARY_PACKED" && (type === "INT32" || type === "INT64")) {
    const numbers = type === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
    deltaBinaryUnpack(reader, count, numbers);
    return convertValues(numbers, element);
  }
  if (encoding === "DELTA_LENGTH_BYTE_ARRAY" || encoding === "DELTA_BYTE_ARRAY") {
    const parts = new Array<Uint8Array>(count);
    (encoding === "DELTA_BYTE_ARRAY" ? deltaByteArray : deltaLengthByteArray)(reader, count, parts);
    return convertValues(parts, element);
  }
  throw new Error(`encoding ${encoding} of ${type} values is not supported`);
}

function plainValues(bytes: Uint8Array, element: SchemaElement, count: number): Values {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const values = convertValues(readPlain(reader, element.type!, count, element.type_length), element);
  if (reader.offset > bytes.length) {
    throw new Error(`${count} values do not fit a page of ${bytes.length} bytes`);
  }
  return values;
}

function fromDictionary(bytes: Uint8Array, dictionary: Values, count: number): Values {
  const width = bytes[0];
  if (!(width <= 32)) throw new Error(`dictionary indices of ${width} bits`);
  const indices = new Uint32Array(count);
  if (width > 0) readHybrid(bytes.subarray(1), width, indices);
  const size = dictionary.length;
  if (Array.isArray(dictionary)) {
    const texts = new Array<string>(count);
    for (let i = 0; i < count; i++) texts[i] = dictionary[checked(indices[i], size)];
    return texts;
  }
  const numbers = dictionary instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = dictionary[checked(indices[i], size)];
  return numbers;
}

function checked(index: number, size: number): number {
  if (index >= size) throw new Error(`dictionary index ${index} where the dictionary has ${size} entries`);
  return index;
}

const utf8 = new TextDecoder();

/** Physical values as numbers or texts. */
function convertValues(values: DecodedArray, element: SchemaElement): Values {
  if (element.type === "BYTE_ARRAY") return Array.from(values as Uint8Array[], (bytes) => utf8.decode(bytes));
  const unsigned = isUnsigned(element);
  if (values instanceof BigInt64Array) return wideIntegers(values, unsigned);
  if (values instanceof Int32Array && unsigned) {
    return new Uint32Array(values.buffer, values.byteOffset, values.length);
  }
  if (element.type === "BOOLEAN") return Uint8Array.from(values as unknown as ArrayLike<number>, Number);
  return values as ArrayLike<number>;
}

/** Whether the schema says that integers have no sign. */
function isUnsigned({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type?.startsWith("UINT_") === true ||
    (logical_type?.type === "INTEGER" && !logical_type.isSigned);
}

/** 64-bit integers as f64, without making a bigint of each. */
function wideIntegers(values: BigInt64Array, unsigned: boolean): Float64Array {
  const low = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const high = unsigned ? low : new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = high[2 * i + 1] * 4294967296 + low[2 * i];
  return numbers;
}

function lengthPrefix(bytes: Uint8Array): number {
  if (bytes.length < 4) throw new Error("a page ends inside its levels");
  const size = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (4 + size > bytes.length) throw new Error(`levels of ${size} bytes in a page of ${bytes.length}`);
  return size;
}
