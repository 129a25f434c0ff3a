import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bufferSource } from "../../src/data/byte-source.ts";
import type { ColumnSource } from "../../src/data/column-source.ts";
import { openColumnSource } from "../../src/data/open-source.ts";
import { openParquet } from "../../src/data/parquet.ts";
import { codecs, zstdMemory } from "../../src/data/parquet-codecs.ts";
import { readHybrid } from "../../src/data/parquet-runs.ts";
import { writeParquet } from "../../src/data/parquet-write.ts";
import { parquet } from "./tables.ts";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

const ROWS = Array.from({ length: 120 }, (_, i) => i);
const orNull = <T>(make: (i: number) => T): (T | null)[] => ROWS.map((i) => (i % 7 === 3 ? null : make(i)));
const orNaN = (make: (i: number) => number): number[] => ROWS.map((i) => (i % 7 === 3 ? NaN : make(i)));

/** What make.py wrote. */
const EXPECTED: Record<string, unknown[]> = {
  f32: orNaN((i) => i / 8),
  f64: ROWS.map((i) => i / 3),
  i32: orNaN((i) => i * 1000 - 7),
  i64: ROWS.map((i) => i * 2 ** 33 - 1),
  u8: ROWS.map((i) => i % 251),
  u32: ROWS.map((i) => 2 ** 32 - 1 - i),
  few: ROWS.map((i) => i % 3),
  flag: orNaN((i) => Number(i % 2 === 0)),
  text: orNull((i) => `gene${Math.floor(i / 10)}é`),
  empty: ROWS.map(() => NaN),
  emptytext: ROWS.map(() => NaN),
};

async function expectTable(source: ColumnSource): Promise<void> {
  expect(source.rows).toBe(120);
  expect(source.columns.find(({ name }) => name === "date")?.kind).toBe("other");
  for (const [name, values] of Object.entries(EXPECTED)) {
    const [read] = await source.read([name]);
    expect([name, ...read]).toEqual([name, ...values]);
  }
  await expect((async () => await source.read(["date"]))()).rejects.toThrow(/"date" cannot be read/);
}

describe("Parquet and Arrow files of other writers", () => {
  const files = ["zstd", "snappy-v2", "gzip-plain", "lz4-plain-v2", "encodings", "encodings-v2"].map((name) =>
    `${name}.parquet`
  );
  it.each([...files, "plain.feather", "zstd.arrow"])("reads every type and null of %s", async (name) => {
    await expectTable(await openColumnSource({ name, data: fixture(name) }, "x"));
  });

  it("tells the format by the first bytes where the name does not", async () => {
    for (const name of ["zstd.parquet", "plain.feather"]) {
      expect((await openColumnSource(fixture(name), "input 1")).rows).toBe(120);
    }
  });

  it("reads by ranges, never the whole file, and its footer once", async () => {
    const bytes = new Uint8Array(2_000_000);
    const file = await writeParquet([
      { name: "a", type: "float32", values: new Float32Array(300_000).map((_, i) => Math.sin(i)) },
      { name: "b", type: "float32", values: new Float32Array(300_000).map((_, i) => Math.cos(i)) },
    ], { codec: "uncompressed" });
    expect(file.length).toBeGreaterThan(bytes.length);
    const asked: number[] = [];
    const source = await openParquet({
      name: "wide.parquet",
      size: file.length,
      slice: (start, end) => {
        asked.push(end - start);
        return Promise.resolve(file.slice(start, end).buffer);
      },
    });
    await source.read(["a"]);
    await source.read(["b"]);
    expect(Math.max(...asked)).toBeLessThan(file.length / 2);
    expect(asked.length).toBe(1 + 2 * 3);
  });
});

describe("damaged Parquet files", () => {
  it("says of an empty and a cut file what it is", async () => {
    const whole = fixture("zstd.parquet");
    await expect(openParquet(bufferSource(new Uint8Array(0), "e.parquet"))).rejects.toThrow(
      /e\.parquet: expected a Parquet file, found 0 bytes/,
    );
    await expect(openParquet(bufferSource(whole.slice(0, 9_000), "c.parquet"))).rejects.toThrow(
      /c\.parquet: not a whole Parquet file/,
    );
    await expect(openColumnSource({ name: "h.bin", data: new Uint8Array(9) }, "x")).rejects.toThrow(
      /h\.bin: expected Parquet, CSV/,
    );
  });

  it("throws data errors only, whatever byte is changed, and never hangs", async () => {
    const whole = fixture("snappy-v2.parquet");
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = whole.slice();
        bytes[at] ^= change;
        try {
          const file = bufferSource(bytes, "x.parquet");
          const source = await openParquet({
            ...file,
            slice: (start, end) => {
              expect(start >= 0 && start <= end && end <= file.size).toBe(true);
              return file.slice(start, end);
            },
          });
          for (const { name, kind } of source.columns) if (kind !== "other") await source.read([name]);
        } catch (error) {
          expect((error as { kind?: string }).kind).toBe("data");
          expect((error as Error).message).toMatch(/^x\.parquet/);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it("refuses a column given twice", async () => {
    const { data } = await parquet("t.parquet", { ab: [1], ac: [2] });
    const bytes = data.slice();
    for (let i = 0; i + 1 < bytes.length; i++) {
      if (bytes[i] === 0x61 && bytes[i + 1] === 0x63) bytes[i + 1] = 0x62;
    }
    await expect(openParquet(bufferSource(bytes, "t.parquet"))).rejects.toThrow(/"ab" appears twice/);
  });
});

describe("zstdMemory", () => {
  const frame = (...header: number[]): Uint8Array => Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, ...header]);
  it("reads the size that a frame states, in every form", () => {
    expect(zstdMemory(frame(0x20, 200))).toBe(200);
    expect(zstdMemory(frame(0x60, 0x74, 0x1a))).toBe(0x1a74 + 256);
    expect(zstdMemory(frame(0xa0, 0x38, 0xf8, 0x02, 0x00))).toBe(194_616);
    expect(zstdMemory(frame(0xe0, 0, 0, 0, 0, 1, 0, 0, 0))).toBe(2 ** 32);
    expect(zstdMemory(frame(0x81, 0x58, 9, 1, 1, 0, 0))).toBe(257);
    expect(zstdMemory(frame(0x00, 0x59))).toBe(2 ** 21 * 1.125);
  });

  it("keeps a frame from asking for more than its page", async () => {
    const { ZSTD } = (await codecs("ZSTD"))!;
    expect(() => ZSTD!(frame(0xe0, 0, 0, 0, 0, 1, 0, 0, 0), 100)).toThrow(
      /a zstd frame of 4294967296 bytes in a page of 100/,
    );
  });
});

describe("readHybrid", () => {
  it("decodes runs and packed groups of every width", () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 32 }).chain((width) =>
        fc.tuple(
          fc.constant(width),
          fc.array(fc.integer({ min: 0, max: 2 ** width - 1 }), { minLength: 1, maxLength: 40 }),
        )
      ),
      fc.integer({ min: 1, max: 50 }),
      ([width, packed], run) => {
        const groups = Math.ceil(packed.length / 8);
        const padded = [...packed, ...Array<number>(groups * 8 - packed.length).fill(0)];
        const bits = padded.flatMap((value) =>
          Array.from({ length: width }, (_, b) => Math.floor(value / 2 ** b) % 2)
        );
        const bytes = Array.from(
          { length: bits.length / 8 },
          (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((sum, bit, b) => sum + bit * 2 ** b, 0),
        );
        const repeated = Array.from(
          { length: (width + 7) >> 3 },
          (_, i) => Math.floor(packed[0] / 2 ** (8 * i)) % 256,
        );
        const out = new Uint32Array(run + packed.length);
        readHybrid(Uint8Array.from([run * 2, ...repeated, groups * 2 + 1, ...bytes]), width, out);
        expect([...out]).toEqual([...Array<number>(run).fill(packed[0]), ...packed]);
      },
    ));
  });

  it("cannot be made to write past its output or to read past its input", () => {
    const out = new Uint8Array(4);
    readHybrid(Uint8Array.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 1]), 1, out);
    expect([...out]).toEqual([1, 1, 1, 1]);
    expect(() => readHybrid(Uint8Array.from([2]), 1, out)).toThrow(/runs end/);
    expect(() => readHybrid(Uint8Array.from([0, 1]), 1, out)).toThrow(/runs end/);
  });
});
