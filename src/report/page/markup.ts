/** Blocks as markup: figures with their tools, tables that the script takes over. */
import type { Block, Figure, FigureGroup, LiveTable, Section } from "../blocks.ts";
import type { Canvas } from "../charts/frame.ts";
import { chartMarkup } from "../charts/svg-text.ts";
import { html, Markup, trusted } from "../html.ts";
import { counted } from "../numbers.ts";
import { type DataTable, staticTable } from "../table.ts";

/** Rows of an open table that stand in the page before its script runs. */
const FIRST_ROWS = 20;

/** Sections as markup, and the tables that their script needs. */
export function sectionMarkup(
  sections: readonly Section[],
  canvas: Canvas,
): { markup: Markup; tables: ReadonlyMap<string, DataTable> } {
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
  const markup = html`${
    sections.map(({ id, title, blocks }, i) =>
      html`<section id="${id}" aria-labelledby="${id}-title">${
        i === 0 ? html`<h1 id="${id}-title">${title}</h1>` : html`<h2 id="${id}-title">${title}</h2>`
      }${blocks.map(blockMarkup)}</section>\n`
    )
  }`;
  return { markup, tables };
}

function groupMarkup({ caption, figures }: FigureGroup, canvas: Canvas): Markup {
  return html`
    <p>${caption}</p>
    <div class="figures">${figures.map((figure) => figureMarkup(figure, canvas))}</div>
  `;
}

function figureMarkup({ id, title, draw, data }: Figure, canvas: Canvas): Markup {
  return html`
    <figure
      id="figure-${id}">${trusted(chartMarkup(draw(canvas)))}<div class="tools">${downloads(
        id,
        title,
        id,
      )}<button type="button" data-svg="${id}" aria-label="Download the chart as SVG: ${title}">SVG</button><details><summary>Data of the chart, ${counted(
        data.rows.length,
        "row",
      )}</summary>${host(id, title)}</details></div></figure>
  `;
}

function tableMarkup({ id, caption, table, open, sortedBy, file }: LiveTable): Markup {
  const tools = html`<div class="tools">${downloads(id, caption, file ?? id)}</div>`;
  const first = { columns: table.columns, rows: table.rows.slice(0, FIRST_ROWS) };
  const place = host(id, caption, sortedBy, open ? staticTable(first, caption) : undefined);
  if (open) return html`<div class="table">${place}${tools}</div>`;
  return html`<details class="table"><summary>${caption} (${
    counted(table.rows.length, "row")
  })</summary>${place}${tools}</details>`;
}

function downloads(id: string, title: string, file: string): Markup {
  return html`
    <button type="button" data-csv="${id}" data-file="${file}"
      aria-label="Download the data as CSV: ${title}">CSV</button>
  `;
}

/** Where the script puts the table. */
function host(id: string, caption: string, sortedBy?: LiveTable["sortedBy"], inside?: Markup): Markup {
  const sorted = sortedBy &&
    html`
      data-sorted="${sortedBy.column}" data-descending="${String(sortedBy.descending)}"
    `;
  return html`
    <div data-table="${id}" data-caption="${caption}" ${sorted}>${inside ??
      html`<noscript>This table needs JavaScript; its numbers are in analysis.json too.</noscript>`}</div>
  `;
}
