import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { analyseShap, type ShapInput } from "../../../src/evaluation/shap/analyse.ts";
import { planShapRows, takeRows } from "../../../src/evaluation/shap/draw.ts";
import { writeShapTable } from "../../../src/evaluation/shap/table.ts";
import type { ShapAnalysis } from "../../../src/evaluation/shap/types.ts";
import { pathDependentShap } from "../../../src/trees/shap/reference.ts";
import { TreeModel } from "../../../src/trees/tree-model.ts";
import { type ShapCase, shapData } from "../../trees/shap/forests.ts";

const base: ShapCase = {
  seed: 3,
  features: 5,
  models: 3,
  trees: 6,
  splits: 20,
  rows: 400,
  backgroundRows: 1,
  chains: false,
  covers: "positive",
};

function inputOf(c: ShapCase, kind: ShapInput["kind"], classes = 3, perClass = 60): ShapInput {
  const { models: [neither, donor, acceptor], columns } = shapData(c);
  const genes = Math.max(1, Math.floor(c.rows / 20));
  const meta = {
    labels: Uint8Array.from({ length: c.rows }, (_, row) => (row * 7 % 11) % classes),
    geneStart: Uint32Array.from({ length: genes + 1 }, (_, g) => Math.floor(g * c.rows / genes)),
    neither: Float32Array.from({ length: c.rows }, (_, row) => (row % 10) / 10),
    donor: Float32Array.from({ length: c.rows }, (_, row) => (row % 7) / 10),
    acceptor: Float32Array.from({ length: c.rows }, (_, row) => (row % 3) / 3),
  };
  const plan = planShapRows(meta, { perClass, background: kind === "interventional" ? 10 : 0, seed: 5 });
  const judged = {
    genes: Array.from({ length: genes }, (_, g) => `g${g}`),
    positions: Float64Array.from({ length: c.rows }, (_, row) => row === 0 ? NaN : row * 3),
    meta,
  };
  return {
    classifiers: { neither, donor, acceptor },
    judged,
    plan,
    columns: takeRows(columns, plan.rows),
    kind,
    seed: 5,
    threads: 1,
  };
}

async function done(input: ShapInput): Promise<{ result: ShapAnalysis; notes: readonly string[] }> {
  const { part } = await analyseShap(input);
  if (part.status !== "done") throw new Error(part.reason);
  return part;
}

/** No NaN, no infinity, no undefined: JSON brings the same back. */
const expectJson = (value: unknown): void => expect(JSON.parse(JSON.stringify(value))).toEqual(value);

describe("analyseShap", () => {
  it("says of the sampled rows what the reference's values say", async () => {
    const input = inputOf(base, "path-dependent");
    const { result } = await done(input);
    const { plan, columns } = input;
    for (const [c, name] of (["neither", "donor", "acceptor"] as const).entries()) {
      const model = input.classifiers[name];
      const phi = Array.from(plan.sample, (at) => pathDependentShap(model, columns, at).phi);
      const labels = Array.from(plan.sample, (at) => input.judged.meta.labels[plan.rows[at]]);
      const mean = (f: number, of: (x: number) => number, label: number | null): number => {
        const own = phi.filter((_, i) => label === null || labels[i] === label);
        return own.reduce((sum, row) => sum + of(row[f]), 0) / own.length;
      };
      const found = result.classes[c];
      expect(found.name).toBe(name);
      for (let f = 0; f < base.features; f++) {
        expect(found.meanAbs[f]).toBeCloseTo(mean(f, Math.abs, null), 5);
        expect(found.meanSigned[f]).toBeCloseTo(mean(f, (x) => x, null), 5);
        [0, 1, 2].forEach((label) =>
          expect(found.meanAbsByLabel[label]![f]).toBeCloseTo(mean(f, Math.abs, label), 5)
        );
      }
      const sorted = found.order.map((f) => found.meanAbs[f]);
      expect(sorted).toEqual([...sorted].sort((a, b) => b - a));
      expect([...found.order].sort()).toEqual([0, 1, 2, 3, 4]);
    }
    expect(result.donorAcceptor.donor).toEqual(result.classes[1].meanAbs);
    expect(result.donorAcceptor.acceptor).toEqual(result.classes[2].meanAbs);
  });

  it.each(["path-dependent", "interventional"] as const)(
    "tells %s waterfalls from bias to margin",
    async (kind) => {
      const { result, notes } = await done(inputOf({ ...base, features: 40, trees: 30 }, kind));
      expect(result.waterfalls.length).toBeGreaterThan(5);
      for (const { bias, margin, steps, rest, position, gene } of result.waterfalls) {
        const sum = steps.reduce((total, { phi }) => total + phi, bias + rest.phi);
        expect(sum).toBeCloseTo(margin, 3);
        expect(steps.length).toBeLessThanOrEqual(12);
        expect(steps.length + rest.features).toBe(40);
        expect(gene).toBe(`g${Math.floor(position! / 3 / 20)}`);
        const sizes = steps.map(({ phi }) => Math.abs(phi));
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      }
      expect(result.background === null).toBe(kind === "path-dependent");
      expect(notes.some((note) => note.includes("stand for absent features"))).toBe(
        kind === "interventional",
      );
    },
  );

  it("shows ranks and values of drawn rows, and says how many", async () => {
    const { result, notes } = await done(inputOf({ ...base, rows: 2000 }, "path-dependent", 3, 400));
    for (const { beeswarm, dependence } of result.classes) {
      expect([beeswarm.shown, beeswarm.sampled]).toEqual([300, 1200]);
      for (const { phi, rank } of beeswarm.features) {
        expect([phi.length, rank.length]).toEqual([300, 300]);
        rank.forEach((x) => expect(x === null || (x >= 0 && x <= 1)).toBe(true));
        expect(rank.some((x) => x === null)).toBe(true);
      }
      for (const { value, phi, other, interacts } of dependence) {
        expect([value.length, phi.length, other.length]).toEqual([300, 300, interacts === null ? 0 : 300]);
      }
    }
    expect(notes.some((note) => note.includes("300 of the 1200 sampled rows"))).toBe(true);
  });

  it("finds the feature that another one's SHAP values depend on", async () => {
    // f0 counts only where f1 is high; f2 is noise; f3 counts by itself.
    const tree = {
      column: Int32Array.of(1, -1, 0, -1, -1),
      bin: new Int16Array(5),
      threshold: Float32Array.of(0.5, 0, 0.5, 0, 0),
      missingLeft: new Uint8Array(5),
      left: Int32Array.of(1, -1, 3, -1, -1),
      value: Int32Array.of(0, 0, 0, -1_000_000, 1_000_000),
      gain: new Float64Array(5),
      cover: Float64Array.of(100, 50, 50, 25, 25),
    };
    const alone = {
      column: Int32Array.of(3, -1, -1),
      bin: new Int16Array(3),
      threshold: new Float32Array(3).fill(0.5),
      missingLeft: new Uint8Array(3),
      left: Int32Array.of(1, -1, -1),
      value: Int32Array.of(0, -900_000, 900_000),
      gain: new Float64Array(3),
      cover: Float64Array.of(100, 50, 50),
    };
    const input = inputOf({ ...base, features: 4 }, "path-dependent");
    const model = TreeModel.fromTrees(["f0", "f1", "f2", "f3"], 0, [tree, alone]);
    const bit = (row: number, by: number): number => Math.floor(row / by) % 2;
    const columns = [1, 2, 4, 8].map((by) =>
      Float32Array.from(input.plan.rows, (row) => bit(row * 37 % 101, by))
    );
    const { result } = await done({
      ...input,
      columns,
      classifiers: { neither: model, donor: model, acceptor: model },
    });
    const of = (feature: number) => result.classes[0].dependence.find((one) => one.feature === feature)!;
    expect(of(0)).toMatchObject({ interacts: 1, strength: 1 });
    expect(of(3)).toMatchObject({ interacts: null, strength: null, other: [] });
    expect(result.classes[0].beeswarm.features.map(({ feature }) => feature)).not.toContain(2);
  });

  it("gives JSON whatever the rows: one row, one gene, classes that are missing, all values missing or equal", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2, 3, 25),
        fc.constantFrom(1, 2, 3),
        fc.constantFrom("as they are", "missing", "equal", "infinite"),
        fc.constantFrom("path-dependent" as const, "interventional" as const),
        async (rows, classes, values, kind) => {
          const input = inputOf({ ...base, rows }, kind, classes);
          const columns = values === "as they are"
            ? input.columns
            : input.columns.map((own) =>
              own.map(() => values === "missing" ? NaN : values === "equal" ? 1 : -Infinity)
            );
          const { part } = await analyseShap({ ...input, columns });
          expect(part.status).toBe("done");
          expectJson(part);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("is impossible without rows or splits, and says why", async () => {
    const none = inputOf({ ...base, rows: 0 }, "path-dependent");
    expect(await analyseShap(none)).toEqual({
      part: { status: "impossible", reason: "There are no rows to explain." },
      values: null,
    });
    const flat = inputOf({ ...base, splits: 0 }, "path-dependent");
    expect((await analyseShap(flat)).part).toMatchObject({
      reason: expect.stringContaining("No tree of the model splits"),
    });
  });
});

describe("writeShapTable", () => {
  it("has every sampled row under every classifier, adding up to its margin", async () => {
    const input = inputOf(base, "path-dependent");
    const { values } = await analyseShap(input);
    const parts: Uint8Array[] = [];
    const written = await writeShapTable(input, values!, (bytes) => void parts.push(bytes));
    const file = await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer();
    const rows = await parquetReadObjects({ file });
    expect(rows.length).toBe(written);
    expect(written).toBe(3 * input.plan.sample.length);
    const { plan, judged } = input;
    rows.forEach((row, i) => {
      const at = plan.sample[i % plan.sample.length];
      const judgedRow = plan.rows[at];
      const name = ["neither", "donor", "acceptor"][Math.floor(i / plan.sample.length)];
      expect(row.class).toBe(name);
      expect(row.gene_id).toBe(`g${Math.floor(judgedRow / 20)}`);
      expect(row.label).toBe(["neither", "donor", "acceptor"][judged.meta.labels[judgedRow]]);
      expect(row.position === null ? null : Number(row.position)).toBe(
        judgedRow === 0 ? null : judgedRow * 3,
      );
      const sum = [0, 1, 2, 3, 4].reduce((total, f) => total + row[`shap_f${f}`], row.bias);
      expect(sum).toBeCloseTo(row.margin, 4);
    });
  });
});
