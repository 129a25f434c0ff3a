import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { memorySink, ParquetShardWriter, writeParquet } from "../../src/data/parquet-write.ts";

function read(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: bytes.buffer.slice(0, bytes.byteLength) as ArrayBuffer });
}

describe("writeParquet", () => {
  it("writes every type, nulls and NaN, and reads back the same", async () => {
    const bytes = await writeParquet([
      { name: "s", type: "string", values: ["a", "", "ü"] },
      { name: "sn", type: "string", nullable: true, values: ["a", null, "c"] },
      { name: "f", type: "float32", values: new Float32Array([1.5, NaN, -2]) },
      { name: "d", type: "float64", nullable: true, values: [0.1, null, 3] },
      { name: "i", type: "int32", values: [1, -2, 3] },
      { name: "l", type: "int64", values: [1, 2 ** 40, -3] },
      { name: "b", type: "boolean", values: new Uint8Array([1, 0, 1]) },
    ]);
    expect(await read(bytes)).toEqual([
      { s: "a", sn: "a", f: 1.5, d: 0.1, i: 1, l: 1n, b: true },
      { s: "", sn: null, f: NaN, d: null, i: -2, l: 2n ** 40n, b: false },
      { s: "ü", sn: "c", f: -2, d: 3, i: 3, l: -3n, b: true },
    ]);
  });

  it("writes a valid file without rows, with its metadata", async () => {
    const bytes = await writeParquet([{ name: "x", type: "float32", values: [] }], {
      metadata: { made: "here" },
    });
    const footer = parquetMetadata(bytes.buffer as ArrayBuffer);
    expect(Number(footer.num_rows)).toBe(0);
    expect(footer.key_value_metadata).toContainEqual({ key: "made", value: "here" });
  });

  it("names column and row of a value that does not fit", async () => {
    const wrong = (
      type: "int32" | "string" | "float32",
      values: (number | string | null)[],
    ): Promise<Uint8Array> => writeParquet([{ name: "x", type, values }]);
    await expect(wrong("int32", [1, 1.5])).rejects.toThrow(/"x", row 2.*expected int32, found number 1.5/);
    await expect(wrong("string", ["a", null])).rejects.toThrow(/"x", row 2.*expected string, found null/);
    await expect(wrong("float32", ["a"])).rejects.toThrow(/expected float32, found string a/);
  });

  it("refuses no columns, a name twice, uneven columns", async () => {
    await expect(writeParquet([])).rejects.toThrow(/at least one column/);
    const x = { name: "x", type: "float32", values: [1] } as const;
    await expect(writeParquet([x, x])).rejects.toThrow(/"x" is given twice/);
    await expect(writeParquet([x, { name: "y", type: "float32", values: [1, 2] }])).rejects.toThrow(
      /2 rows in "y" beside 1/,
    );
  });
});

describe("ParquetShardWriter", () => {
  it("gives the same rows however they are cut into blocks and row groups", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string(), fc.float({ noNaN: true })), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        async (rows, blockRows, rowGroupRows) => {
          const file = memorySink();
          const columns = [{ name: "s", type: "string" }, { name: "f", type: "float32" }] as const;
          const writer = new ParquetShardWriter(columns, file.sink, { rowGroupRows });
          for (let i = 0; i < rows.length; i += blockRows) {
            const block = rows.slice(i, i + blockRows);
            await writer.append([block.map((row) => row[0]), Float32Array.from(block, (row) => row[1])]);
          }
          await writer.finish();
          expect(writer.rows).toBe(rows.length);
          const back = await read(file.bytes());
          expect(back.map((row) => [row.s, row.f])).toEqual(
            rows.map(([s, f]) => [s, f === 0 ? expect.closeTo(0) : f]),
          );
          const groups = parquetMetadata(file.bytes().buffer as ArrayBuffer).row_groups.length;
          expect(groups).toBe(Math.ceil(rows.length / rowGroupRows));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("hands row groups to an asynchronous sink as they fill", async () => {
    const sizes: number[] = [];
    const writer = new ParquetShardWriter([{ name: "i", type: "int32" }], async (bytes) => {
      await Promise.resolve();
      sizes.push(bytes.length);
    }, { rowGroupRows: 10 });
    await writer.append([Array.from({ length: 25 }, (_, i) => i)]);
    expect(sizes.length).toBe(2);
    await writer.finish();
    expect(sizes.length).toBe(4);
    await expect(writer.append([[1]])).rejects.toThrow(/after finish/);
  });
});
