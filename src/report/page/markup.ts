/** Blocks as markup: figures with their tools, tables that the script takes over. */
import type { Block, Figure, FigureGroup, LiveTable, Section } from "../blocks.ts";
import type { Canvas } from "../charts/frame.ts";
import { chartMarkup } from "../charts/svg-text.ts";
import { Markup, markup, trusted } from "../html.ts";
import { counted } from "../numbers.ts";
import { type DataTable, staticTable } from "../table.ts";

/** Rows of an open table that stand in the page before its script runs. */
const FIRST_ROWS = 20;

/** Sections as markup, and the tables that their script needs. */
export function sectionMarkup(
  sections: readonly Section[],
  canvas: Canvas,
): { body: Markup; tables: ReadonlyMap<string, DataTable> } {
  const tables = new Map<string, DataTable>();
  const keep = (id: string, table: DataTable): void => {
    if (tables.has(id)) throw new Error(`expected every table once, found ${id} again`);
    tables.set(id, table);
  };
  const blockMarkup = (block: Block): Markup => {
    if (block instanceof Markup) return block;
    if (block.kind === "table") {
      keep(block.id, block.table);
      return tableMarkup(block);
    }
    for (const figure of block.figures) keep(figure.id, figure.data);
    return groupMarkup(block, canvas);
  };
  const sectionOf = ({ id, title, blocks }: Section, i: number): Markup => {
    const heading = i === 0
      ? markup`<h1 id="${id}-title">${title}</h1>`
      : markup`<h2 id="${id}-title">${title}</h2>`;
    return markup`<section id="${id}" aria-labelledby="${id}-title">${heading}${
      blocks.map(blockMarkup)
    }</section>\n`;
  };
  return { body: markup`${sections.map(sectionOf)}`, tables };
}

function groupMarkup({ caption, figures }: FigureGroup, canvas: Canvas): Markup {
  const list = figures.map((figure) => figureMarkup(figure, canvas));
  return markup`<p>${caption}</p><div class="figures">${list}</div>`;
}

function figureMarkup({ id, title, draw, data }: Figure, canvas: Canvas): Markup {
  const svg =
    markup`<button type="button" data-svg="${id}" aria-label="Download the chart as SVG: ${title}">SVG</button>`;
  const rows = markup`<details><summary>Data of the chart, ${counted(data.rows.length, "row")}</summary>${
    host(id, title)
  }</details>`;
  const tools = markup`<div class="tools">${csvButton(id, title, id)}${svg}${rows}</div>`;
  return markup`<figure id="figure-${id}">${trusted(chartMarkup(draw(canvas)))}${tools}</figure>`;
}

function tableMarkup({ id, caption, table, open, sortedBy, file }: LiveTable): Markup {
  const tools = markup`<div class="tools">${csvButton(id, caption, file ?? id)}</div>`;
  const first = { columns: table.columns, rows: table.rows.slice(0, FIRST_ROWS) };
  const place = host(id, caption, sortedBy, open ? staticTable(first, caption) : undefined);
  if (open) return markup`<div class="table">${place}${tools}</div>`;
  const summary = markup`<summary>${caption} (${counted(table.rows.length, "row")})</summary>`;
  return markup`<details class="table">${summary}${place}${tools}</details>`;
}

function csvButton(id: string, title: string, file: string): Markup {
  const label = `Download the data as CSV: ${title}`;
  return markup`<button type="button" data-csv="${id}" data-file="${file}" aria-label="${label}">CSV</button>`;
}

/** Where the script puts the table. */
function host(id: string, caption: string, sortedBy?: LiveTable["sortedBy"], inside?: Markup): Markup {
  const sorted = sortedBy &&
    markup` data-sorted="${sortedBy.column}" data-descending="${String(sortedBy.descending)}"`;
  const content = inside ??
    markup`<noscript>This table needs JavaScript; its numbers are in analysis.json too.</noscript>`;
  return markup`<div data-table="${id}" data-caption="${caption}"${sorted}>${content}</div>`;
}
