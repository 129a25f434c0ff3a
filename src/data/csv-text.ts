/** Tables as CSV text (RFC 4180, lines end in a newline). */

/** A cell; null and NaN, which are undefined, are empty. */
export type CsvCell = string | number | null;

/** Lines of cells as text; a cell is quoted where it must be. */
export function csvText(lines: readonly (readonly CsvCell[])[]): string {
  return lines.map((cells) => cells.map(csvCell).join(",") + "\n").join("");
}

function csvCell(value: CsvCell): string {
  if (value === null || Number.isNaN(value)) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
