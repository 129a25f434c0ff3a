/**
 * CSV and TSV, plain or gzipped, as tables read by column. The file is passed over once to learn its types and rows, then
 * once for every block of columns; it is never in memory whole.
 */
import { dataError, SpliceboostError } from "../numerics/errors.ts";
import { type ByteSource, byteStream, digestFile } from "./byte-source.ts";
import type { ColumnSource, ColumnValues, SourceColumn } from "./column-source.ts";

/** Longest record accepted, in characters, and in lines where quotes hold it together. */
const MAX_RECORD = 1 << 26;
const MAX_RECORD_LINES = 1 << 16;

/** What stands for a missing number. */
export const MISSING: ReadonlySet<string> = new Set(["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]);

interface CsvStreamModule {
  CsvParseStream: new (options: { separator: string }) => TransformStream<string, string[]>;
}

/** How a delimited file is written. */
export interface CsvFormat {
  readonly separator: "," | "\t";
  readonly gzip: boolean;
}

/**
 * Opens a delimited file whose first line names its columns.
 * @throws SpliceboostError (data) for a file without a header, names used twice, a row of another length, bad quotes.
 */
export async function openCsv(file: ByteSource, format: CsvFormat): Promise<ColumnSource> {
  let header: string[] | null = null;
  let seen: Seen[] = [];
  let rows = 0;
  for await (const record of records(file, format)) {
    if (header === null) {
      header = record;
      seen = header.map(() => ({ number: false, boolean: false, text: false }));
      continue;
    }
    rows++;
    for (let c = 0; c < record.length; c++) look(record[c], seen[c]);
  }
  if (header === null) throw dataError(`${file.name}: expected a line of column names, found an empty file.`);
  const names = header;
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined) {
    throw dataError(`${file.name}: column "${repeated}" appears twice. Rename or drop one of them.`);
  }
  return new CsvSource(file, format, rows, names.map((name, c) => describe(name, seen[c])));
}

class CsvSource implements ColumnSource {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly SourceColumn[];
  readonly wholeFileReads = true;
  readonly #file: ByteSource;
  readonly #format: CsvFormat;

  constructor(file: ByteSource, format: CsvFormat, rows: number, columns: readonly SourceColumn[]) {
    this.name = file.name;
    this.rows = rows;
    this.columns = columns;
    this.#file = file;
    this.#format = format;
  }

  async read(names: readonly string[]): Promise<ColumnValues[]> {
    const places = names.map((name) => this.columns.findIndex((column) => column.name === name));
    const missing = places.indexOf(-1);
    if (missing >= 0) throw dataError(`${this.name}: has no column "${names[missing]}".`);
    const out = places.map((place): ColumnValues =>
      this.columns[place].kind === "text"
        ? new Array<string | null>(this.rows).fill(null)
        : new Float64Array(this.rows)
    );
    let row = -1;
    for await (const record of records(this.#file, this.#format)) {
      if (row >= this.rows) {
        throw dataError(`${this.name}: more rows than when it was opened; it changed while being read.`);
      }
      if (row >= 0) {
        for (let i = 0; i < out.length; i++) {
          const text = record[places[i]];
          out[i][row] = out[i] instanceof Float64Array ? toNumber(text) : text;
        }
      }
      row++;
    }
    if (row !== this.rows) {
      throw dataError(
        `${this.name}: ${row} rows where ${this.rows} were before; it changed while being read.`,
      );
    }
    return out;
  }

  digest(): Promise<{ bytes: number; sha256: string }> {
    return digestFile(this.#file);
  }
}

interface Seen {
  number: boolean;
  boolean: boolean;
  text: boolean;
}

function look(text: string, seen: Seen): void {
  if (seen.text || MISSING.has(text)) return;
  if (/^(true|false)$/i.test(text)) seen.boolean = true;
  // A leading zero marks an identifier: 007 and 7 are not the same.
  else if (Number.isNaN(toNumber(text)) || /^[-+]?0\d/.test(text)) seen.text = true;
  else seen.number = true;
}

function describe(name: string, { number, boolean, text }: Seen): SourceColumn {
  if (text || (number && boolean)) return { name, kind: "text", type: "text", storage: "string" };
  if (boolean) return { name, kind: "number", type: "true/false", storage: "boolean" };
  if (number) return { name, kind: "number", type: "number", storage: "float64" };
  return { name, kind: "empty", type: "empty", storage: "float32" };
}

/** A text as a number: NaN for what stands for missing, and for what is no number. */
export function toNumber(text: string): number {
  if (MISSING.has(text)) return NaN;
  const value = Number(text);
  if (!Number.isNaN(value)) return text.trim() === "" ? NaN : value;
  switch (text.toLowerCase()) {
    case "true":
      return 1;
    case "false":
      return 0;
    case "inf":
    case "+inf":
    case "infinity":
      return Infinity;
    case "-inf":
    case "-infinity":
      return -Infinity;
    default:
      return NaN;
  }
}

/** Records in order, the header first, all of the header's length. */
async function* records(file: ByteSource, format: CsvFormat): AsyncGenerator<string[]> {
  // @ts-ignore: the package carries no types of its own.
  const { CsvParseStream } = await import("deno-std/csv/parse_stream.js") as unknown as CsvStreamModule;
  let bytes: ReadableStream<Uint8Array<ArrayBuffer>> = byteStream(file);
  if (format.gzip) bytes = bytes.pipeThrough(new DecompressionStream("gzip"));
  const parsed = bytes
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(recordLimit(file.name))
    .pipeThrough(new CsvParseStream({ separator: format.separator }));
  let width = -1;
  let row = 0;
  try {
    for await (const record of parsed) {
      if (width < 0) width = record.length;
      if (record.length !== width) {
        throw dataError(
          `${file.name}: row ${row} has ${record.length} fields where the header has ${width}.`,
        );
      }
      row++;
      yield record;
    }
  } catch (cause) {
    if (cause instanceof SpliceboostError) throw cause;
    throw dataError(
      `${file.name}: not readable as CSV after row ${Math.max(0, row - 1)} (${(cause as Error).message}).`,
      cause,
    );
  }
}

/** Refuses endless records, such as a quote that is never closed makes, before they fill the memory. */
function recordLimit(name: string): TransformStream<string, string> {
  const [newline, quote] = [10, 34];
  let length = 0;
  let lines = 0;
  let quoted = false;
  return new TransformStream({
    transform(text, controller) {
      let start = 0;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code === quote) quoted = !quoted;
        else if (code === newline) {
          if (quoted && ++lines < MAX_RECORD_LINES) continue;
          if (quoted) {
            throw dataError(
              `${name}: a record of more than ${MAX_RECORD_LINES} lines; is a quote left open?`,
            );
          }
          start = i + 1;
          length = lines = 0;
        }
      }
      length += text.length - start;
      if (length > MAX_RECORD) {
        throw dataError(`${name}: a record of more than ${MAX_RECORD} characters; is it a CSV file?`);
      }
      controller.enqueue(text);
    },
  });
}
