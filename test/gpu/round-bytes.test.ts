/** Bytes of a round, beside a count by hand. */
import { expect, it } from "vitest";
import { planGroup } from "../../src/gpu/group-plan.ts";
import { countedKernels, roundBytes } from "../../src/gpu/round-bytes.ts";
import type { GrowthParameters } from "../../src/numerics/engine.ts";
import type { MatrixLayout } from "../../src/numerics/matrix.ts";

const ROWS = 10_000;

/** Eight cells of 200 bins, then eight of 4. */
const BINS = Uint32Array.from({ length: 16 }, (_, cell) => (cell < 8 ? 200 : 4));
const LAYOUT = { rows: ROWS, tiles: 1, cells: 16, columns: [] } as unknown as MatrixLayout;

const PACKED = { histogram: "histogram-packed", search: "search" } as const;

function counted(maxDepth: number, listed: number, lanes = 1, maxBinding = 2 ** 27) {
  const growth = Array.from({ length: lanes }, () => ({ maxDepth }) as GrowthParameters);
  const plan = planGroup(LAYOUT, BINS, lanes, growth, { maxBinding, software: false });
  return roundBytes(plan, LAYOUT, BINS, lanes, listed, PACKED);
}

it("counts a round of one level by hand", () => {
  const { kernels, total, floor } = counted(1, 5000);
  const blocks = 5000 / 4096 + 1;
  expect(kernels).toEqual({
    gradients: ROWS * 8 + 5000 * 12,
    compact: 5000 * 24,
    clear: 1632 * 8,
    // Twelve bytes of the list and eight of the matrix; all four pairs of the other group likewise.
    "histogram-packed": 5000 * 20 + blocks * 1600 * 8,
    "histogram-private": 4 * 5000 * 20 + blocks * 32 * 8,
    search: 1632 * 8 + 16 * 20,
    settle: 16 * 4,
    choose: 16 * 20,
    route: ROWS * 8,
    sums: ROWS * 12,
    leaves: 3 * (20 + 12 + 9) * 4,
    margins: ROWS * 16,
  });
  expect(total).toBeCloseTo(Object.values(kernels).reduce((sum, bytes) => sum + bytes), 6);
  expect(floor).toBe(5000 * 16);
});

it("builds half of the rows and nodes where siblings are subtracted, and splits the rows between levels", () => {
  const one = counted(1, 5000).kernels;
  const two = counted(2, 5000).kernels;
  expect(two["histogram-packed"]).toBe(one["histogram-packed"] + 2500 * 20 + (2500 / 4096 + 1) * 1600 * 8);
  expect(two.search).toBe(one.search + 1632 * 8 * 3 + 2 * 16 * 20);
  expect(two.sides).toBe(5000 * 12);
  expect(two.scatter).toBe(5000 * 24);
});

it("grows with the lanes, and with the chunks that the rows are cut into", () => {
  const [one, three] = [counted(6, 5000), counted(6, 5000, 3)];
  expect(three.total).toBeCloseTo(3 * one.total, 3);
  expect(three.floor).toBe(3 * 6 * 16 * 5000);
  // Rows in three chunks: their numbers are read once each.
  const cut = counted(1, 5000, 1, 128_000).kernels;
  expect(cut["histogram-packed"]).toBe(counted(1, 5000).kernels["histogram-packed"] + 5000 * 2 * 4);
});

it("has a paired kernel where the grid is fine, and another search where there is no sieve", () => {
  const growth = [{ maxDepth: 3 } as GrowthParameters];
  const plan = planGroup(LAYOUT, BINS, 1, growth, { maxBinding: 2 ** 27, software: false });
  const { kernels } = roundBytes(plan, LAYOUT, BINS, 1, 5000, {
    histogram: "histogram-paired",
    search: "search-exact",
  });
  expect(Object.keys(kernels)).toEqual(expect.arrayContaining(["histogram-paired", "search-exact"]));
  expect(Object.keys(kernels)).not.toEqual(expect.arrayContaining(["histogram-packed"]));
  for (const other of ["search", "settle"]) expect(kernels).not.toHaveProperty(other);
});

it("takes the rows that levels built from where they are given", () => {
  const growth = [{ maxDepth: 2 } as GrowthParameters];
  const plan = planGroup(LAYOUT, BINS, 1, growth, { maxBinding: 2 ** 27, software: false });
  const packed = (built: readonly number[] | null): number =>
    roundBytes(plan, LAYOUT, BINS, 1, 4096, PACKED, built).kernels["histogram-packed"];
  expect(packed([4096, 2048])).toBe(packed(null));
  expect(packed(null) - packed([4096, 0])).toBe(2048 * 20 + 1600 * 8 / 2);
});

it("counts the kernels of adapters that compute on the CPU: a cell at a time, its histogram twice", () => {
  const growth = [{ maxDepth: 2 } as GrowthParameters];
  const plan = planGroup(LAYOUT, BINS, 1, growth, { maxBinding: 2 ** 27, software: true });
  const ran = countedKernels((kernel) => ["histogram-serial", "search-serial", "settle"].includes(kernel));
  expect(ran).toEqual({ histogram: "histogram-serial", search: "search-serial" });
  const { kernels } = roundBytes(plan, LAYOUT, BINS, 1, 5000, ran);
  const blocks = (5000 + 2500) / 4096 + 2;
  expect(kernels["histogram-serial"]).toBe(2 * 7500 * 8 * 16 + blocks * 1632 * 8);
  // The root twice; of its children the built one twice, the other subtracted twice.
  expect(kernels["search-serial"]).toBe((2 + 2 + 4) * 1632 * 8 + 3 * 16 * 20);
  expect(kernels).not.toHaveProperty("histogram-private");
});
