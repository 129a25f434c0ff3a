/** Labels as users write them, read by one fixed table. Codes are never swapped by a guess. */
import { dataError } from "../numerics/errors.ts";
import type { ColumnValues } from "./column-source.ts";
import { CLASS_NAMES, type LabelSpelling } from "./dataset.ts";

const BY_TEXT = new Map<string, number>([
  ["", 0],
  ["neither", 0],
  ["0", 0],
  ["donor", 1],
  ["1", 1],
  ["acceptor", 2],
  ["2", 2],
]);

/** Reads label columns file by file and counts every spelling met. */
export class LabelReader {
  readonly #column: string;
  readonly #counts = new Map<string, { label: number; rows: number }>();

  constructor(column: string) {
    this.#column = column;
  }

  /**
   * Class codes of one file's labels: donor, acceptor, neither in any case, 0/1/2 as number or text; null and "" are
   * neither.
   * @param values The label column in file order.
   * @param file File name, for messages.
   * @param counted Which rows to count as spellings (all by default).
   * @returns One code a row.
   * @throws SpliceboostError (data) naming file, row and value for anything else.
   */
  read(values: ColumnValues, file: string, counted: (row: number) => boolean = () => true): Uint8Array {
    const codes = new Uint8Array(values.length);
    for (let row = 0; row < values.length; row++) {
      const value = values[row];
      const missing = value === null || Number.isNaN(value);
      const code = missing ? 0 : BY_TEXT.get(String(value).toLowerCase());
      if (code === undefined) {
        throw dataError(
          `${file}: column "${this.#column}", row ${
            row + 1
          }: expected donor, acceptor, neither, 0, 1, 2 or nothing, ` +
            `found ${JSON.stringify(value)}. Correct the label or name another label column.`,
        );
      }
      codes[row] = code;
      if (counted(row)) this.#count(missing ? "null" : String(value) || '""', code);
    }
    return codes;
  }

  #count(spelling: string, label: number): void {
    const count = this.#counts.get(spelling);
    if (count) count.rows++;
    else this.#counts.set(spelling, { label, rows: 1 });
  }

  /** Every spelling met, most frequent first. */
  spellings(): LabelSpelling[] {
    return [...this.#counts]
      .map(([spelling, { label, rows }]) => ({ spelling, label: CLASS_NAMES[label], rows }))
      .sort((a, b) => b.rows - a.rows || (a.spelling < b.spelling ? -1 : 1));
  }
}

/**
 * Refuses labels that cannot be learned from.
 * @throws SpliceboostError (data) where all rows are of one class.
 */
export function requireClasses(labels: Uint8Array, column: string): void {
  const found = CLASS_NAMES.filter((_, code) => labels.includes(code));
  if (found.length >= 2) return;
  throw dataError(
    `Column "${column}": expected labels of at least two of neither, donor, acceptor; found only ` +
      `${found[0] ?? "no rows"} (${labels.length} rows). Check the label column and the files given.`,
  );
}
