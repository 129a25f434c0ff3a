import { describe, expect, it } from "vitest";
import { codeColumn } from "../../../src/evaluation/leakage/coded-column.ts";
import { profileGenes, SIDES } from "../../../src/evaluation/leakage/gene-profile.ts";
import { strongestValue } from "../../../src/evaluation/leakage/patterns.ts";

/** A sample of genes of equal labels, one column. */
function profiled(labels: readonly number[], ...genes: readonly (readonly number[])[]) {
  const rows = labels.length;
  const sample = {
    labels: Uint8Array.from(genes.flatMap(() => labels)),
    geneStart: Uint32Array.from({ length: genes.length + 1 }, (_, gene) => gene * rows),
    genes: genes.length,
    counts: Uint32Array.from(genes.flatMap(() => [0, 1, 2].map((c) => labels.filter((l) => l === c).length))),
  };
  const column = codeColumn(Float32Array.from(genes.flat()));
  return { sample, profile: profileGenes(column, sample) };
}

const NEITHER_ROWS = 0;
const SITE_ROWS = 1;
const DONOR_ROWS = 2;

describe("a column inside a gene", () => {
  it("has the share of a side that agrees with one of its rows, and of the other rows", () => {
    const { profile } = profiled([0, 0, 0, 0, 0, 1, 1, 2], [5, 5, 5, 7, 5, 5, 8, NaN]);
    const at = (side: number) => [profile.value[side], profile.inHolders[side], profile.inOthers[side]];
    expect(at(NEITHER_ROWS)).toEqual([5, 3 / 4, 1 / 3]);
    // Rows that all differ do not agree, however few.
    expect(at(DONOR_ROWS).slice(1)).toEqual([0, 4 / 6]);
    expect(profile.inHolders[SITE_ROWS]).toBe(0);
    // One acceptor agrees with no other.
    expect(profile.inHolders[4]).toBeNaN();
    expect([...profile.exact]).toEqual(Array(SIDES).fill(0));
    // A class without values lies apart from those that have some.
    expect([...profile.order]).toEqual([0, 0, -1]);
  });

  it("may have a value that one side holds and no other row, or one value", () => {
    const { profile } = profiled([0, 0, 1, 2, 2], [1, 1, 2, 3, 3], [4, 4, 4, 4, 4], [
      NaN,
      NaN,
      NaN,
      NaN,
      NaN,
    ]);
    expect([...profile.exact.subarray(0, SIDES)]).toEqual([1, 0, 0, 0, 1, 0]);
    expect([...profile.order.subarray(0, 3)]).toEqual([-1, 0, 1]);
    expect([...profile.constant]).toEqual([0, 1, 1]);
    expect([...profile.only]).toEqual([NaN, 4, NaN]);
  });

  it("makes a pattern of the earlier class where a later one is hardly stronger", () => {
    // Of 20 sites, one acceptor errs: donors look more apart from the rest than sites from neither.
    const labels = [...Array(40).fill(0), ...Array(10).fill(1), ...Array(10).fill(2)];
    const values = labels.map((label, row) => (label > 0 && row !== 59 ? 1 : 0));
    const { sample, profile } = profiled(labels, values, values, values);
    const found = strongestValue(profile, sample, Uint32Array.of(0, 1, 2))!;
    expect(found.pattern).toMatchObject({
      class: "neither",
      holders: "class",
      value: 0,
      genes: 3,
      exactGenes: 0,
    });
    expect(found.pattern.strength).toBeCloseTo(1 - 1 / 20, 12);
  });
});
