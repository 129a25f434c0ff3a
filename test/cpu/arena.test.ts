import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Arena } from "../../src/cpu/arena.ts";

describe("Arena", () => {
  it("never hands out memory twice, aligns it, and takes it back whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 200_000 }), drop: fc.nat(9) }), {
          maxLength: 40,
        }),
        (steps) => {
          const arena = new Arena(false);
          const live = new Map<number, number>();
          for (const { bytes, drop } of steps) {
            const pointer = arena.allocate(bytes, "a test");
            expect(pointer % 64).toBe(0);
            for (const [other, size] of live) {
              expect(pointer + bytes <= other || other + size <= pointer).toBe(true);
            }
            expect(pointer + bytes).toBeLessThanOrEqual(arena.memory.buffer.byteLength);
            live.set(pointer, bytes);
            if (drop < 4) {
              const first = [...live.keys()][drop % live.size];
              arena.release(first);
              live.delete(first);
            }
          }
          for (const pointer of live.keys()) arena.release(pointer);
          // All is free again and in one piece: the next allocation needs no growth.
          const before = arena.memory.buffer.byteLength;
          arena.allocate(before - 8192, "everything");
          expect(arena.memory.buffer.byteLength).toBe(before);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says what did not fit and which options help", () => {
    const arena = new Arena(false);
    expect(() => arena.allocate(2 ** 33, "the binned matrix")).toThrow(
      /8192 MiB more for the binned matrix.*--sample-genes/,
    );
  });
});
