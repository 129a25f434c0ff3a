/** Rows judged by their probabilities. */
import type { JudgedRows } from "../../../src/evaluation/analysis.ts";
import type { EvaluatedRows } from "../../../src/evaluation/rows.ts";

/** (n, 3) probabilities as the columns that are measured. */
export function evaluated(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  geneStart: Uint32Array,
): EvaluatedRows {
  const column = (c: number): Float32Array =>
    Float32Array.from(labels, (_, row) => probabilities[3 * row + c]);
  return { labels, neither: column(0), donor: column(1), acceptor: column(2), geneStart };
}

export function judgedBy(meta: EvaluatedRows, base: EvaluatedRows | null = null): JudgedRows {
  const genes = Array.from({ length: meta.geneStart.length - 1 }, (_, g) => `g${String(g).padStart(5, "0")}`);
  return {
    genes,
    chromosomes: genes.map(() => ""),
    foldOfGene: new Uint8Array(genes.length),
    positions: null,
    meta,
    base,
  };
}

/** Every number somewhere in a JSON value. */
export function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(numbersIn);
}
