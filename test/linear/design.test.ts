import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openDataset } from "../../src/data/open.ts";
import { buildDesign, type Design, thinRows } from "../../src/linear/design.ts";
import { standardisedColumn, timesColumns, timesRows } from "../../src/linear/products.ts";
import { weightedGram } from "../../src/linear/gram.ts";
import { standardisedRows } from "./naive.ts";

/** Columns of one of the kinds that are stored differently, rows in any order, weights with zeros. */
const inputs = fc.integer({ min: 1, max: 40 }).chain((length) =>
  fc.record({
    columns: fc.array(
      fc.oneof(
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: length, maxLength: length }),
        fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constantFrom(1, 2, 7, NaN, -0)), {
          minLength: length,
          maxLength: length,
        }),
        fc.array(fc.float({ min: -1000, max: 1000 }), { minLength: length, maxLength: length }),
        fc.constantFrom(0, 5, NaN).map((value) => new Array<number>(length).fill(value)),
      ).map((values) => Float32Array.from(values)),
      { minLength: 1, maxLength: 11 },
    ),
    rows: fc.shuffledSubarray(Array.from({ length }, (_, row) => row), { minLength: 1 }),
    weight: fc.array(fc.constantFrom(0, 0.5, 1, 3), { minLength: length, maxLength: length }),
  })
).filter(({ rows, weight }) => rows.some((row) => weight[row] > 0));

/** (rows, columns + 1) of a design, the slow way. */
function matrixOf(design: Design, columns: readonly Float32Array[]): number[][] {
  const used = Array.from(design.columns, (term) => design.terms[term]);
  return standardisedRows(used, design.fill, columns, [...design.source]).map((row) => [...row, 1]);
}

const near = (found: ArrayLike<number>, expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(found[i] - value), `${i}`).toBeLessThan(1e-6 * (1 + Math.abs(value)));
  });
};

describe("a design", () => {
  it("has the moments of its rows, and columns that vary", () => {
    fc.assert(fc.property(inputs, ({ columns, rows, weight }) => {
      const design = buildDesign({ columns, rows, weight });
      const kept = rows.filter((row) => weight[row] > 0).sort((a, b) => a - b);
      expect([...design.source]).toEqual(kept);
      const total = kept.reduce((sum, row) => sum + weight[row], 0);
      const missing = columns.map((_, f) => f).filter((f) =>
        kept.some((row) => Number.isNaN(columns[f][row]))
      );
      expect(design.terms.map(({ feature, kind }) => `${kind} ${feature}`)).toEqual([
        ...columns.map((_, f) => `value ${f}`),
        ...missing.map((f) => `missing ${f}`),
      ]);
      design.terms.forEach(({ feature, kind, mean, scale }) => {
        const values = kept.map((row) => {
          const x = columns[feature][row];
          if (kind === "missing") return Number.isNaN(x) ? 1 : 0;
          return Number.isNaN(x) ? design.fill[feature] : x;
        });
        const average = kept.reduce((sum, row, i) => sum + weight[row] * values[i], 0) / total;
        const square = kept.reduce((sum, row, i) => sum + weight[row] * (values[i] - average) ** 2, 0) /
          total;
        const varies = values.some((value) => value !== values[0]);
        expect(mean).toBeCloseTo(average, 8);
        expect(scale > 0).toBe(varies);
        if (varies) expect(scale / Math.sqrt(square)).toBeCloseTo(1, 8);
      });
      const varying = design.terms.filter(({ scale }) => scale > 0).length;
      expect(design.columns).toHaveLength(varying);
      expect(design.dense.length + design.sparse.count).toBe(varying);
    }));
  });

  it("multiplies as the standardised matrix does", () => {
    fc.assert(fc.property(inputs, fc.integer({ min: 1, max: 5 }), ({ columns, rows, weight }, step) => {
      const whole = buildDesign({ columns, rows, weight });
      for (const design of [whole, thinRows(whole, step)]) {
        const matrix = matrixOf(design, columns);
        const size = design.mean.length + 1;
        const w = Float64Array.from({ length: size }, (_, c) => (c % 3) - 1 + c / 10);
        const r = Float64Array.from({ length: design.rows }, (_, i) => Math.sin(i + 1));
        const [z, g] = [new Float64Array(design.rows), new Float64Array(size)];
        timesColumns(design, w, z);
        near(z, matrix.map((row) => row.reduce((sum, x, c) => sum + x * w[c], 0)));
        timesRows(design, r, g);
        near(g, Array.from(g, (_, c) => matrix.reduce((sum, row, i) => sum + row[c] * r[i], 0)));
        const last = new Float64Array(design.rows);
        standardisedColumn(design, size - 2, last);
        if (size > 1) near(last, matrix.map((row) => row[size - 2]));
        const curvature = r.map(Math.abs);
        const gram = weightedGram(design, curvature);
        for (let a = 0; a < size; a++) {
          near(
            gram.subarray(a * size, a * size + a + 1),
            Array.from(
              { length: a + 1 },
              (_, b) => matrix.reduce((sum, row, i) => sum + curvature[i] * row[a] * row[b], 0),
            ),
          );
        }
      }
    }));
  });

  it("keeps digits where a column's mean is far from its spread", () => {
    const column = Float32Array.from({ length: 100 }, (_, i) => 1e6 + (i % 7));
    const { terms: [{ mean, scale }] } = buildDesign({ columns: [column] });
    const exact = Array.from(column, (x) => x - 1e6);
    const average = exact.reduce((sum, x) => sum + x, 0) / 100;
    expect(mean - 1e6).toBeCloseTo(average, 8);
    expect(scale).toBeCloseTo(Math.sqrt(exact.reduce((sum, x) => sum + (x - average) ** 2, 0) / 100), 8);
  });

  it("stores a column of mostly zeros the smaller way, at its bytes", () => {
    const counts = Float32Array.from({ length: 1000 }, (_, i) => i % 3 === 0 ? 1 + i % 2 : 0);
    const few = Float32Array.from({ length: 1000 }, (_, i) => i % 3 === 0 ? i + 1 : 0);
    // As runs it would be smaller; dense it is faster.
    const full = counts.map((x, i) => i % 5 < 3 ? 2 : x);
    const { dense, sparse, bytes } = buildDesign({ columns: [counts, few, full] });
    expect(dense).toEqual([few, full]);
    expect(sparse.count).toBe(1);
    expect([...sparse.runValue]).toEqual([1, 2]);
    // 334 rows that are not 0; two runs of a value and a start; bounds.
    expect(sparse.bytes).toBe(4 * 334 + 4 * 2 + 4 * 3 + 4 * 2);
    expect(bytes).toBe(8000 + sparse.bytes);
  });

  it.each([
    [
      "columns of unequal length",
      { columns: [new Float32Array(3), new Float32Array(2)] },
      /column 1: expected 3/,
    ],
    ["an infinite value", { columns: [Float32Array.of(1, Infinity)] }, /column 0: expected finite/],
    ["a row twice", { columns: [new Float32Array(3)], rows: [1, 1] }, /each once, found 1/],
    ["a row that is not there", { columns: [new Float32Array(3)], rows: [3] }, /from 0 to 2.*found 3/],
    ["a negative weight", { columns: [new Float32Array(2)], weight: [1, -1] }, /row 1: .*found -1/],
    [
      "a weight that is no number",
      { columns: [new Float32Array(2)], weight: [NaN, 1] },
      /row 0: .*found NaN/,
    ],
    ["weights of another length", { columns: [new Float32Array(2)], weight: [1] }, /expected 2 values/],
    ["weights of 0 alone", { columns: [new Float32Array(2)], weight: [0, 0] }, /at least one row/],
    ["no rows", { columns: [new Float32Array(0)] }, /at least one row/],
  ])("refuses %s", (_, input, message) => {
    expect(() => buildDesign(input)).toThrow(message);
  });
});

const kmers = "../shared/data/lrg/osai80_kmers/master";
describe.skipIf(!existsSync(kmers))(
  `on k-mers${existsSync(kmers) ? "" : " (skipped: ../shared/data is absent)"}`,
  () => {
    it("takes less than half of dense f32, a quarter of what a dense f64 matrix would be", async () => {
      const shards = readdirSync(kmers).filter((name) => name.endsWith(".parquet"))
        .map((name) => ({ name, data: new Uint8Array(readFileSync(`${kmers}/${name}`)) }));
      const data = await openDataset(shards);
      const columns: Float32Array[] = [];
      for await (const { values } of data.columns(data.features)) columns.push(values);
      const design = buildDesign({ columns });
      const cells = design.rows * design.columns.length;
      expect(design.sparse.count).toBeGreaterThan(900);
      expect(design.bytes).toBeLessThan(0.5 * 4 * cells);
      expect([design.rows, columns.length]).toEqual([13044, 1137]);
    });
  },
);
