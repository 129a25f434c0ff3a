import { describe, expect, it, vi } from "vitest";
import { inSharedMemory } from "../../../src/evaluation/workers/shared-memory.ts";

describe("values in shared memory", () => {
  const numbers = Float32Array.of(0, 1, 2, 3, 4);
  const value = {
    rows: [{ part: numbers.subarray(1, 3), all: numbers }, { again: numbers, none: null }],
    ...{ codes: Uint16Array.of(7), name: "x", count: 3, nothing: undefined, empty: new Float64Array() },
  };

  it("are equal to what they were, each typed array there once and no longer than it is", () => {
    const shared = inSharedMemory(value);
    expect(shared).toEqual(value);
    const [{ part, all }, { again }] = shared.rows as [{ part: Float32Array; all: Float32Array }, {
      again: Float32Array;
    }];
    expect(part.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(part.buffer.byteLength).toBe(8);
    expect(again).toBe(all);
    expect(numbers.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it("are themselves where there is no shared memory", () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect(inSharedMemory(value)).toBe(value);
    vi.unstubAllGlobals();
  });
});
