/** What is said of an open data set. */
import { CLASS_NAMES, type Dataset } from "../data/dataset.ts";
import { formatInteger } from "./format.ts";

/** Size of the data in a sentence. */
export function dataLines(data: Dataset): string[] {
  return [
    `${formatInteger(data.rows)} rows of ${formatInteger(data.genes.length)} genes, ${
      formatInteger(data.features.length)
    } features (${data.excluded.length} other columns).`,
  ];
}

/** Rows by class, and what each spelling of a label was taken for. */
export function labelLines(data: Dataset): string[] {
  if (!data.labels) return ["No labels."];
  const counts = countLabels(data);
  const shares = CLASS_NAMES.map((name) =>
    `${name} ${formatInteger(counts[name])} (${((100 * counts[name]) / Math.max(1, data.rows)).toFixed(1)} %)`
  );
  const spellings = data.labelSpellings.map(({ spelling, label, rows }) =>
    `${spelling} -> ${label} (${formatInteger(rows)})`
  );
  return [`Labels: ${shares.join(", ")}.`, `Labels as written: ${spellings.join(", ")}.`];
}

/** Rows by class. */
export function countLabels(data: Dataset): Record<(typeof CLASS_NAMES)[number], number> {
  const counts = [0, 0, 0];
  for (const label of data.labels ?? []) counts[label]++;
  return { neither: counts[0], donor: counts[1], acceptor: counts[2] };
}
