import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Cell,
  csvText,
  type DataTable,
  number,
  staticTable,
  tableData,
  text,
} from "../../src/report/table.ts";

const columns = [text("name", "name"), number("value", "value", "metric", "what it is")];

/** Reads RFC 4180. */
function readCsv(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows[rows.length - 1].push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
  }
  rows.pop();
  return rows;
}

it("writes a table as CSV that reads back as it was", () => {
  const row = fc.tuple(
    fc.string({ unit: "binary" }),
    fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  );
  fc.assert(fc.property(fc.array(row), (rows) => {
    const read = readCsv(csvText({ columns, rows }));
    expect(read[0]).toEqual(["name", "value"]);
    expect(read.slice(1)).toEqual(rows.map(([name, value]) => [name, value === null ? "" : String(value)]));
  }));
});

it("shows undefined numbers as dashes, and escapes names", () => {
  const table: DataTable = { columns, rows: [["<b>", null], ["x", 0.5]] };
  const { text } = staticTable(table, 'of "all"');
  expect(text).toContain("&lt;b&gt;");
  expect(text).not.toContain("<b>");
  expect(text).toContain('<td class="number">–</td>');
  expect(text).toContain('aria-label="of &quot;all&quot;"');
  expect(text).toContain('title="what it is"');
});

it("hands numbers to the page with six digits, none of them undefined", () => {
  const rows: Cell[][] = [["x", 1 / 3], ["y", NaN], ["z", 124280]];
  expect(tableData({ columns, rows })).toEqual({
    columns,
    rows: [["x", 0.333333], ["y", null], ["z", 124280]],
  });
});
