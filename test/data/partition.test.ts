import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balancedPartition, type CountedGroup } from "../../src/data/partition.ts";
import { PURPOSE, Stream } from "../../src/numerics/random.ts";

const counts = fc.tuple(fc.nat(500), fc.nat(20), fc.nat(20)).map(([rows, a, b]) => [1, rows + 1, a, b]);
const groups = (min: number, max: number): fc.Arbitrary<CountedGroup[]> =>
  fc.array(counts, { minLength: min, maxLength: max })
    .map((all) => all.map((counts, i) => ({ id: `g${i}`, counts })));
const stream = (seed: number) => new Stream(seed, PURPOSE.folds);

describe("balancedPartition", () => {
  it("does not depend on the order of the groups", () => {
    fc.assert(
      fc.property(groups(4, 40), fc.nat(), fc.nat(), (all, seed, shuffleSeed) => {
        const shares = [0.25, 0.25, 0.25, 0.25];
        const parts = balancedPartition(all, shares, stream(seed));
        const byId = new Map(all.map((group, i) => [group.id, parts[i]]));
        const shuffled = stream(shuffleSeed).shuffle([...all]);
        const again = balancedPartition(shuffled, shares, stream(seed));
        shuffled.forEach((group, i) => expect(again[i]).toBe(byId.get(group.id)));
      }),
    );
  });

  it("keeps the stated bound on the imbalance and leaves no part empty", () => {
    fc.assert(
      fc.property(groups(7, 60), fc.integer({ min: 2, max: 7 }), fc.nat(), (all, n, seed) => {
        const parts = balancedPartition(all, new Array(n).fill(1 / n), stream(seed));
        expect(new Set(parts).size).toBe(n);
        let imbalance = 0;
        let bound = 0;
        for (let k = 0; k < 4; k++) {
          const total = all.reduce((sum, { counts }) => sum + counts[k], 0);
          if (total === 0) continue;
          for (let part = 0; part < n; part++) {
            const inPart = all.reduce((sum, { counts }, i) => sum + (parts[i] === part ? counts[k] : 0), 0);
            imbalance += (inPart / total - 1 / n) ** 2;
          }
          bound += (1 - 1 / n) * all.reduce((sum, { counts }) => sum + (counts[k] / total) ** 2, 0);
        }
        expect(imbalance).toBeLessThanOrEqual(bound * (1 + 1e-12));
      }),
    );
  });

  it("splits equal groups evenly, and differently for another seed", () => {
    const all = Array.from({ length: 60 }, (_, i) => ({ id: `g${i}`, counts: [1, 100, 3, 3] }));
    const parts = balancedPartition(all, [1 / 3, 1 / 3, 1 / 3], stream(1));
    for (const part of [0, 1, 2]) expect(parts.filter((p) => p === part).length).toBe(20);
    expect([...balancedPartition(all, [1 / 3, 1 / 3, 1 / 3], stream(2))]).not.toEqual([...parts]);
  });

  it("follows unequal shares", () => {
    const all = Array.from({ length: 100 }, (_, i) => ({ id: `g${i}`, counts: [1, 100 + (i % 7), 3, 3] }));
    const parts = balancedPartition(all, [0.9, 0.1], stream(5));
    expect(Math.abs(parts.filter((p) => p === 1).length - 10)).toBeLessThanOrEqual(1);
  });

  it("leaves no part empty, however small its share", () => {
    const all = ["a", "b", "c"].map((id) => ({ id, counts: [1, 10] }));
    expect([...balancedPartition(all, [0.98, 0.01, 0.01], stream(1))].sort()).toEqual([0, 1, 2]);
  });

  it("refuses more parts than groups", () => {
    expect(() => balancedPartition([{ id: "a", counts: [1] }], [0.5, 0.5], stream(0)))
      .toThrow(/found 1 groups for 2 parts/);
  });
});
