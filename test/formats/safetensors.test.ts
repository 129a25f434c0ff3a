import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dtypeOf,
  readSafetensors,
  type Tensor,
  type TensorData,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";

const data: fc.Arbitrary<TensorData> = fc.oneof<fc.Arbitrary<TensorData>[]>(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
);
const tensor: fc.Arbitrary<Tensor> = fc.oneof(
  data.map((data) => ({ shape: [data.length], data })),
  data.map((data) => ({ shape: [1, data.length, 1], data })),
);
const tensors = fc.dictionary(fc.string().filter((name) => name !== "__metadata__"), tensor, { maxKeys: 5 })
  .map((record) => new Map(Object.entries(record)));
const metadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 });

/** A file with this header and this many bytes of tensors. */
function file(header: unknown, bodyBytes: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + bodyBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const u8 = (begin: number, end: number) => ({
  dtype: "U8",
  shape: [end - begin],
  data_offsets: [begin, end],
});

describe("safetensors", () => {
  it("writes the documented bytes", () => {
    const bytes = writeSafetensors(
      new Map<string, Tensor>([
        ["b", { shape: [2], data: Uint8Array.of(1, 2) }],
        ["a", { shape: [1, 1], data: Int32Array.of(-2) }],
      ]),
      { z: "1", k: "é" },
    );
    const header = '{"__metadata__":{"k":"é","z":"1"},' +
      '"a":{"dtype":"I32","shape":[1,1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}';
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(header);
    expect([...bytes.subarray(8 + length)]).toEqual([254, 255, 255, 255, 1, 2]);
  });

  it("reads back what it wrote, whatever the order of insertion and the alignment in memory", () => {
    fc.assert(fc.property(tensors, metadata, fc.integer({ min: 0, max: 7 }), (tensors, metadata, shift) => {
      const bytes = writeSafetensors(tensors, metadata);
      const reversed = new Map([...tensors].reverse());
      expect(writeSafetensors(reversed, metadata)).toEqual(bytes);
      const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
      shifted.set(bytes);
      const read = readSafetensors(shifted);
      expect(read.metadata).toEqual({ ...metadata });
      expect([...read.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
      for (const [name, { shape, data }] of tensors) {
        expect(read.tensors.get(name)).toEqual({ shape, data });
        expect(dtypeOf(read.tensors.get(name)!.data)).toBe(dtypeOf(data));
      }
    }));
  });

  it("aligns every tensor it writes, so that reading makes no copy", () => {
    fc.assert(fc.property(tensors, metadata, (tensors, metadata) => {
      const bytes = writeSafetensors(tensors, metadata);
      for (const { data } of readSafetensors(bytes).tensors.values()) expect(data.buffer).toBe(bytes.buffer);
    }));
  });

  it("reads tensors in any order, empty ones between others too", () => {
    const read = readSafetensors(file({ b: u8(0, 2), c: u8(2, 2), a: u8(0, 0), d: u8(2, 3) }, 3));
    expect([...read.tensors].map(([name, { data }]) => [name, data.length])).toEqual([
      ["b", 2],
      ["c", 0],
      ["a", 0],
      ["d", 1],
    ]);
  });

  it("refuses a file cut short at any length", () => {
    const whole = writeSafetensors(new Map([["a", { shape: [3], data: Float64Array.of(1, 2, 3) }]]), {
      k: "v",
    });
    for (let length = 0; length < whole.length; length++) {
      expect(() => readSafetensors(whole.subarray(0, length))).toThrow(SpliceboostError);
    }
  });

  it("meets damaged bytes with a SpliceboostError or with tensors that lie within the file", () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(tensors, metadata, flips, (tensors, metadata, flips) => {
        const bytes = writeSafetensors(tensors, metadata);
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        try {
          let total = 0;
          for (const { data } of readSafetensors(bytes).tensors.values()) total += data.byteLength;
          expect(total).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(SpliceboostError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("survives any header", () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (header) => {
      try {
        readSafetensors(file(header, 0));
      } catch (error) {
        expect(error).toBeInstanceOf(SpliceboostError);
      }
    }));
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      "a hostile header length",
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123),
      /header of 18446744/,
    ],
    ["a deep header", file("[".repeat(100_000), 0), /not JSON/],
    ["an array as header", file([], 0), /must be a JSON object/],
    ["metadata that is no text", file({ __metadata__: { a: 1 } }, 0), /object of texts/],
    [
      "an unknown dtype",
      file({ a: { ...u8(0, 1), dtype: "F8" } }, 1),
      /"a": expected a dtype of F64.*found F8/,
    ],
    ["a dtype off the prototype", file({ a: { ...u8(0, 1), dtype: "toString" } }, 1), /found toString/],
    ["a negative axis", file({ a: { ...u8(0, 1), shape: [-1] } }, 1), /"a".*shape\.0.*found -1/],
    ["a fraction as offset", file({ a: { ...u8(0, 1), data_offsets: [0.5, 1] } }, 1), /data_offsets\.0/],
    ["an extra key", file({ a: { ...u8(0, 1), more: 1 } }, 1), /"a".*more/],
    ["an end outside the file", file({ a: u8(0, 9) }, 8), /"a": bytes 0 to 9 lie outside the 8 bytes/],
    [
      "an end before the begin",
      file({ a: { dtype: "U8", shape: [0], data_offsets: [2, 1] } }, 2),
      /bytes 2 to 1/,
    ],
    [
      "a shape that overflows",
      file({ a: { ...u8(0, 1), shape: [2 ** 52, 2 ** 52, 2 ** 52] } }, 1),
      /takes .* span 1/,
    ],
    ["the wrong size for a dtype", file({ a: { ...u8(0, 6), dtype: "I32" } }, 6), /takes 24 bytes/],
    ["tensors that overlap", file({ a: u8(0, 3), b: u8(2, 4) }, 4), /"b" overlaps.*begins at 2, expected 3/],
    ["a tensor twice", file({ a: u8(0, 4), b: u8(0, 4) }, 4), /overlaps/],
    ["a gap", file({ a: u8(0, 2), b: u8(3, 4) }, 4), /"b" leaves a gap/],
    ["bytes left over", file({ a: u8(0, 2) }, 4), /end at byte 2, but 4/],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes, "x.safetensors")).toThrow(message);
    expect(() => readSafetensors(bytes, "x.safetensors")).toThrow(/^x\.safetensors: /);
    expect(() => readSafetensors(bytes)).toThrow(SpliceboostError);
  });

  it("refuses to write a shape that does not fit", () => {
    expect(() => writeSafetensors(new Map([["a", { shape: [2], data: Uint8Array.of(1) }]]))).toThrow(/"a"/);
  });
});
