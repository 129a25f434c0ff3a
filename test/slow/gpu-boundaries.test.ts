/** The WebGPU engine at every boundary of packing and of limits: as the CPU engine, or refused in words. */
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { MatrixBuilder } from "../../src/data/binning.ts";
import { cellFacts } from "../../src/gpu/cell-table.ts";
import { createGpuEngine, type GpuEngine } from "../../src/gpu/engine.ts";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { type AdapterRoom, type GroupPlan, planGroup } from "../../src/gpu/group-plan.ts";
import { MAX_WORKGROUPS } from "../../src/gpu/recorder.ts";
import { ROW_BLOCK } from "../../src/gpu/records.ts";
import type { GrowthParameters } from "../../src/numerics/engine.ts";
import type { BinnedMatrix, MatrixLayout } from "../../src/numerics/matrix.ts";
import { type Case, lanesOf, matrixOf, PLAIN } from "../cpu/lanes.ts";
import { difference, loosePacked, outcome } from "../gpu/lane-cases.ts";

const facts = await describeAdapter();
const promised = (process.env.SPLICEBOOST_EXPECT_ADAPTERS ?? "") !== "";
if (!facts) console.warn("no WebGPU adapter: the WebGPU engine is not tested; run the tests with npm test");

const CASE: Case = {
  seed: 5,
  rows: 300,
  columns: 5,
  distinct: 1000,
  missing: 0.1,
  maxBin: 256,
  weights: false,
  parameters: { rounds: 2 },
  monotone: false,
  interactions: false,
};

describe.skipIf(!facts && !promised)("the WebGPU engine", () => {
  const cpu = createCpuEngine({ threads: 1 });
  let gpu: GpuEngine;
  beforeAll(async () => {
    gpu = await createGpuEngine({ limits: "minimum", selfCheck: false });
  });
  afterAll(() => Promise.all([cpu.close(), gpu.close()]));

  const expectSame = async (c: Case, matrix: BinnedMatrix = matrixOf(c)): Promise<void> => {
    const lanes = lanesOf(c, matrix);
    const expected = await outcome(cpu, matrix, lanes);
    const found = await outcome(gpu, matrix, lanes);
    if (typeof expected === "string" || typeof found === "string") expect(found).toEqual(expected);
    else expect(difference(expected, found)).toBe("");
  };

  it.each([0, 1, 2, 3, 255, 256, 257, 2047, 2048, 2049, 4095, 4096, 4097, 6145])(
    "trains on %i rows",
    (rows) => expectSame({ ...CASE, rows }),
  );

  it("trains on more rows than are uploaded at a time", () =>
    expectSame({ ...CASE, rows: 270_000, columns: 2, parameters: { rounds: 1, maxDepth: 2 } }));

  it.each([1, 7, 8, 9, 31, 32, 33, 64, 65])(
    "trains on %i features of a byte each",
    (columns) => expectSame({ ...CASE, columns, parameters: { rounds: 1, maxDepth: 3 } }),
  );

  it("trains on 4,000 features, sampled or not", async () => {
    const c = { ...CASE, rows: 60, columns: 4000, distinct: 6, parameters: { rounds: 1, maxDepth: 2 } };
    await expectSame(c);
    const parameters = { ...c.parameters, colsampleBytree: 0.5, colsampleBynode: 0.2 };
    await expectSame({ ...c, interactions: true, parameters });
  });

  it("trains on constant columns, on all values missing, and where only being missing tells", async () => {
    const constant = { ...CASE, distinct: 1, missing: 0 };
    expect(matrixOf(constant).layout.columns.every(({ bins }) => bins === 1)).toBe(true);
    await expectSame(constant);
    const builder = new MatrixBuilder(CASE.rows);
    const values = (of: (row: number) => number): Float32Array =>
      Float32Array.from({ length: CASE.rows }, (_, i) => of(i));
    // The targets depend on the first byte of a row.
    builder.add("half missing", values((row) => row % 2 ? NaN : 1));
    builder.add("missing", values(() => NaN));
    builder.add("values", values((row) => row % 7));
    await expectSame(CASE, builder.finish());
  });

  it("trains on columns of 256 bins and of 2, alone in a byte or many to one", async () => {
    const builder = new MatrixBuilder(2000);
    const column = (name: string, distinct: number, missing = 0): void =>
      void builder.add(
        name,
        Float32Array.from({ length: 2000 }, (_, row) => {
          const x = Math.imul(row + 1, 2654435761 + name.length * 97) >>> 0;
          return x % 100 < missing ? NaN : (x >>> 8) % distinct;
        }),
      );
    column("full", 256);
    column("full, missing", 5000, 20);
    for (let i = 0; i < 8; i++) column(`flag${"x".repeat(i)}`, 2);
    for (let i = 0; i < 3; i++) column(`count${"x".repeat(i)}`, 6, 10);
    column("last of sixteen", 16);
    column("first above sixteen", 17);
    const matrix = builder.finish();
    const { columns, cells } = matrix.layout;
    expect(columns.slice(0, 2).map(({ bins }) => bins)).toEqual([256, 256]);
    expect(cells).toBeLessThan(columns.length);
    await expectSame({ ...CASE, rows: 2000 }, matrix);
  });

  it("counts cells of few bins without atomics beside those of many, to the same trees", async () => {
    const matrix = loosePacked(3000, (cell) => cell < 16 ? 200 : 13, 27);
    const { bins } = cellFacts(matrix);
    expect([Math.min(...bins), Math.max(...bins)]).toEqual([13, 200]);
    await expectSame({ ...CASE, rows: 3000 }, matrix);
  });

  it("grows trees as deep as their rows allow", async () => {
    const parameters = { rounds: 2, maxDepth: 30, minChildWeight: 0, regLambda: 0, gradientBits: 12 };
    await expectSame({ ...CASE, rows: 60, parameters });
    await expectSame({ ...CASE, rows: 5, parameters: { ...parameters, maxDepth: 1000 } });
  });

  it("refuses a level of more nodes than a dispatch has workgroups, and says what would do", async () => {
    const c = { ...CASE, rows: 65_540, columns: 1, parameters: { rounds: 1, maxDepth: 17 } };
    const matrix = matrixOf(c);
    await expect(gpu.train(matrix, lanesOf(c, matrix), () => {})).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringMatching(
        /^max_depth 17 over 65540 rows: .* at most 32768 .*max_depth 16.*--device cpu/,
      ),
    });
  });
});

describe("the plan of a group", () => {
  /** A layout of that shape, all columns alone in their cells. */
  const layout = (rows: number, columns: number): MatrixLayout => ({
    rows,
    cells: columns,
    tiles: Math.ceil(columns / 32),
    columns: Array.from({ length: columns }, (_, cell) => ({
      name: "",
      cell,
      radix: 1,
      bins: 256,
      missingBin: -1,
      cuts: new Float32Array(),
    })),
  });
  const plan = (
    rows: number,
    columns: number,
    lanes: number,
    parameters: Partial<GrowthParameters> = {},
    room: Partial<AdapterRoom> = {},
  ): GroupPlan =>
    planGroup(
      layout(rows, columns),
      new Uint32Array(columns).fill(256),
      lanes,
      Array(lanes).fill({ ...PLAIN, maxDepth: 6, ...parameters }),
      { maxBinding: 2 ** 27, software: false, ...room },
    );

  it("keeps every dispatch within 65,535 workgroups, to the row", () => {
    const room = { maxBinding: 2 ** 32 };
    const most = (MAX_WORKGROUPS - 32 - 2) * ROW_BLOCK;
    expect(plan(most, 1, 1, {}, room).maxBlocks).toBe(MAX_WORKGROUPS);
    expect(() => plan(most + 1, 1, 1, {}, room)).toThrow(
      `${
        most + 1
      } rows: WebGPU expects at most ${most} at this depth; train on fewer rows (--sample-genes N)`,
    );
    expect(plan(100, MAX_WORKGROUPS, 1).lanes).toBe(1);
    expect(() => plan(100, MAX_WORKGROUPS + 1, 1)).toThrow("65536 features: WebGPU expects at most 65535");
    expect(plan(65_537, 1, 1, { maxDepth: 17 }).maxWidth).toBe(32_768);
    expect(() => plan(65_538, 1, 1, { maxDepth: 17 })).toThrow("at most 32768 nodes a level");
    expect(() => plan(100, 3, 1, { interactions: Array(2049).fill([0]) })).toThrow(
      "2049 groups in interaction_constraints: WebGPU expects at most 2048",
    );
  });

  it("cuts a matrix that is larger than a binding, every cell and row once", () => {
    // 10 million rows of 130 bytes are 1.6 GB with padding, against bindings of 128 MiB.
    const { chunks, lanes } = plan(10_000_000, 130, 3);
    expect(lanes).toBe(1);
    const cells = chunks.ranges.flatMap((range) =>
      Array.from({ length: range.cells }, (_, i) => range.firstCell + i)
    );
    expect(cells).toEqual(Array.from({ length: 130 }, (_, cell) => cell));
    chunks.ranges.forEach(({ tiles }, range) => {
      let next = 0;
      for (const chunk of chunks.chunks.filter((own) => own.range === range)) {
        expect(chunk.firstRow).toBe(next);
        expect(chunk.rows * tiles * 32).toBeLessThanOrEqual(2 ** 27);
        next += chunk.rows;
      }
      expect(next).toBe(10_000_000);
    });
  });

  it("trains as many lanes together as bindings hold, then keeps fewer histograms", () => {
    expect(plan(100_000, 130, 15)).toMatchObject({ lanes: 15, slots: 32 });
    // A list of 5 million rows has 57 MiB.
    expect(plan(5_000_000, 130, 15).lanes).toBe(2);
    const wide = plan(100_000, 4000, 15);
    expect(wide.lanes).toBeLessThan(15);
    expect(wide.slots).toBeGreaterThanOrEqual(1);
    const histograms = wide.lanes * wide.slots * 4000 * 256 * 8;
    expect(histograms).toBeLessThanOrEqual(2 ** 31);
    expect(plan(2 ** 16, 8, 15, { maxDepth: 16 }, { maxBinding: 2 ** 24 }).lanes).toBeLessThan(15);
  });

  it.each([
    [
      12_000_000,
      1,
      {},
      /row list of one lane over 12000000 rows needs 137.3 MiB, .* holds 128 MiB; .*--sample-genes/,
    ],
    [60_000, 1, { maxDepth: 16 }, /one tree of \d+ nodes needs 9.2 MiB, .* holds 4 MiB; .*max_depth/],
    [100, 4000, {}, /one histogram needs 78.1 KiB, .* holds 32 KiB; .*--max-bin/],
  ])("names what does not fit: %i rows, %i features", (rows, columns, parameters, message) => {
    const maxBinding = rows === 100 ? 2 ** 15 : rows === 60_000 ? 2 ** 22 : 2 ** 27;
    const refused = (): GroupPlan => plan(rows, columns, 3, parameters, { maxBinding });
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ kind: "memory" }));
  });
});
