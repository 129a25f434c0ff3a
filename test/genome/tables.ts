/** Parquet tables for the tests of this room: from bytes, and from the real data where they lie. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { openParquet } from "../../src/data/parquet.ts";
import type { ColumnSource } from "../../src/data/column-source.ts";

const lrg = new URL("../../../shared/data/lrg/", import.meta.url);

export const realDataPresent: boolean = existsSync(lrg);
export const whyAbsent: string = realDataPresent ? "" : " (skipped: ../shared/data is absent)";

export function openBytes(bytes: Uint8Array): Promise<ColumnSource> {
  return openParquet({
    name: "table.parquet",
    size: bytes.length,
    slice: (start, end) => Promise.resolve(bytes.slice(start, end).buffer as ArrayBuffer),
  });
}

/** Columns by name. */
export async function readColumns(
  source: ColumnSource,
  names: readonly string[],
): Promise<Record<string, readonly (number | string | null)[]>> {
  const values = await source.read(names);
  return Object.fromEntries(names.map((name, i) => [name, Array.from<number | string | null>(values[i])]));
}

export function openReal(path: string): Promise<ColumnSource> {
  return openBytes(new Uint8Array(readFileSync(new URL(path, lrg))));
}

/** A record of lrg/raw: its sequence, and the gene's place in it. */
export interface RawGene {
  readonly id: string;
  readonly letters: string;
  /** 1-based, inclusive. */
  readonly start: number;
  readonly end: number;
  readonly strand: string;
}

/** The genes of lrg/raw. */
export function readRawGenes(): RawGene[] {
  const text = (path: string) => gunzipSync(readFileSync(new URL(path, lrg))).toString();
  const letters = new Map(
    text("raw/genes.fa.gz").split(">").slice(1).map((record) => {
      const [header, ...lines] = record.trim().split("\n");
      return [header.split(" ")[0], lines.join("")] as const;
    }),
  );
  return text("raw/genes.gtf.gz").split("\n").map((line) => line.split("\t"))
    .filter((fields) => fields[2] === "gene")
    .map(([id, , , start, end, , strand]) => ({
      id,
      letters: letters.get(id)!,
      start: Number(start),
      end: Number(end),
      strand,
    }));
}

/** Whether two arrays hold the same values; deep equality of the test runner takes seconds for long ones. */
export function same(one: ArrayLike<unknown>, other: ArrayLike<unknown>): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (!Object.is(one[i], other[i])) return false;
  return true;
}
