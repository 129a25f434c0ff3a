/** Markdown whose words cannot become markup. */
import type { DataTable } from "./table.ts";
import { shownCell } from "./table.ts";

/** Text in a sentence or a cell: one line, characters that mean something escaped. */
export function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|#~$&]/g, (character) => `\\${character}`);
}

/** A name as code, whatever it holds. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, " ");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line.replaceAll("|", "\\|")}${pad}${fence}`;
}

/** A table; columns that are no text are aligned to the right. */
export function markdownTable({ columns, rows }: DataTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return line(columns.map(({ title }) => plain(title))) +
    line(columns.map(({ kind }) => kind === "text" ? "---" : "--:")) +
    rows.map((row) => line(row.map((cell, i) => plain(shownCell(cell, columns[i].kind))))).join("");
}

export function bullets(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${sentence}\n`).join("");
}
