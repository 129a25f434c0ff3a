/** Tables of the report: shown, sorted and searched on the page, and downloaded as CSV. */
import { type Content, type Markup, markup } from "./html.ts";
import { formatNumber, type NumberKind } from "./numbers.ts";

export type Cell = string | number | null;

/** A column; its cells are texts, or numbers (null where undefined). */
export interface Column {
  /** Name in the CSV: lower case, no spaces. */
  readonly name: string;
  /** Heading on the page. */
  readonly title: string;
  readonly kind: "text" | NumberKind;
  /** What the column is, for a tooltip. */
  readonly hint?: string;
}

/** Columns and the rows under them. */
export interface DataTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Shorthands for columns. */
export const text = (name: string, title: string, hint?: string): Column => ({
  name,
  title,
  kind: "text",
  hint,
});
export const number = (name: string, title: string, kind: NumberKind, hint?: string): Column => ({
  name,
  title,
  kind,
  hint,
});

/** The cell as it is read. */
export function shownCell(cell: Cell, kind: Column["kind"]): string {
  if (typeof cell === "string") return cell;
  return formatNumber(cell, kind === "text" ? "general" : kind);
}

/** A table as it stands in the page. Wide ones scroll within themselves. */
export function staticTable({ columns, rows }: DataTable, caption: string): Markup {
  const head = columns.map((column) => markup`<th scope="col"${attributes(column)}>${column.title}</th>`);
  const body = rows.map((row) => markup`<tr>${row.map((cell, i) => cellMarkup(cell, columns[i], i))}</tr>`);
  const table =
    markup`<table><caption class="unseen">${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">${table}</div>`;
}

/** A list of facts: name, value. */
export function factList(facts: readonly (readonly [name: Content, value: Content])[]): Markup {
  const entries = facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return markup`<dl class="facts">${entries}</dl>`;
}

/** The table as CSV (RFC 4180), numbers in full, undefined ones empty; ends with a line break. */
export function csvText({ columns, rows }: DataTable): string {
  const quoted = (cell: Cell): string => {
    const text = cell === null ? "" : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns.map((column) => column.name), ...rows].map((row) => row.map(quoted).join(",") + "\n").join(
    "",
  );
}

/** The table as the page's script takes it: numbers of at most six significant digits. */
export function tableData({ columns, rows }: DataTable): unknown {
  return {
    columns,
    rows: rows.map((row) => row.map((cell) => typeof cell === "number" ? roundedTo6(cell) : cell)),
  };
}

function roundedTo6(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

function attributes({ kind, hint }: Column): Markup {
  return markup`${numberClass(kind)}${hint !== undefined && markup` title="${hint}"`}`;
}

function cellMarkup(cell: Cell, { kind }: Column, i: number): Markup {
  const shown = shownCell(cell, kind);
  if (i === 0) return markup`<th scope="row"${numberClass(kind)}>${shown}</th>`;
  return markup`<td${numberClass(kind)}>${shown}</td>`;
}

function numberClass(kind: Column["kind"]): Markup {
  return markup`${kind !== "text" && markup` class="number"`}`;
}
