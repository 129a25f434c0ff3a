/** Which reader an input is for: its name decides, else its first bytes. */
import { dataError } from "../numerics/errors.ts";
import { type ByteSource, type DataInput, resolveInput } from "./byte-source.ts";
import type { ColumnSource } from "./column-source.ts";

type Format = "parquet" | "arrow" | "csv" | "tsv" | "csv.gz" | "tsv.gz";

const EXTENSIONS: readonly (readonly [RegExp, Format])[] = [
  [/\.(parquet|pq)$/i, "parquet"],
  [/\.(arrow|feather|ipc|arrows)$/i, "arrow"],
  [/\.csv$/i, "csv"],
  [/\.tsv$/i, "tsv"],
  [/\.csv\.gz$/i, "csv.gz"],
  [/\.tsv\.gz$/i, "tsv.gz"],
];

/**
 * Opens one input as a table read by column.
 * @param fallbackName Its name where it has none.
 * @throws SpliceboostError (data) for a damaged file or an unknown format; (usage) for no input at all.
 */
export async function openColumnSource(input: DataInput, fallbackName: string): Promise<ColumnSource> {
  const resolved = await resolveInput(input, fallbackName);
  if ("table" in resolved) {
    const { openArrowTable } = await import("./arrow.ts");
    return openArrowTable(resolved.table, resolved.name);
  }
  const format = EXTENSIONS.find(([pattern]) => pattern.test(resolved.name))?.[1] ?? await sniff(resolved);
  if (format === "parquet") return (await import("./parquet.ts")).openParquet(resolved);
  if (format === "arrow") return (await import("./arrow.ts")).openArrowFile(resolved);
  const { openCsv } = await import("./csv.ts");
  return openCsv(resolved, {
    separator: format.startsWith("tsv") ? "\t" : ",",
    gzip: format.endsWith(".gz"),
  });
}

async function sniff(file: ByteSource): Promise<Format> {
  const head = new Uint8Array(await file.slice(0, Math.min(file.size, 4096)));
  const magic = String.fromCharCode(...head.subarray(0, 6));
  if (magic.startsWith("PAR1")) return "parquet";
  if (magic === "ARROW1" || magic.startsWith("\xff\xff\xff\xff")) return "arrow";
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  if (gzip) return "csv.gz";
  if (head.length > 0 && !head.includes(0)) {
    const line = new TextDecoder().decode(head).split("\n", 1)[0];
    return line.includes("\t") ? "tsv" : "csv";
  }
  throw dataError(
    `${file.name}: expected Parquet, CSV, TSV (plain or gzipped) or Arrow, found ` +
      `${
        file.size === 0 ? "an empty file" : "something else"
      }. Name it .parquet, .csv, .tsv, .csv.gz or .arrow.`,
  );
}
