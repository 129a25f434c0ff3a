import { describe, expect, it } from "vitest";
import type { Tree } from "../../../src/numerics/engine.ts";
import { shapValues } from "../../../src/trees/shap/shap-values.ts";
import { TreeModel } from "../../../src/trees/tree-model.ts";
import goldens from "./goldens/shap.json" with { type: "json" };

/** The peers' covers, values and sums are f32. */
const TOLERANCE = 2e-5;

type Case = (typeof goldens.cases)[number];

const { shap, xgboost } = goldens.versions;

describe(`SHAP values against XGBoost ${xgboost} and shap ${shap}`, () => {
  it.each(goldens.cases)("path-dependent: $name", async (golden) => {
    await expectGolden(golden, golden.path_dependent, "path-dependent");
  });

  it.each(goldens.cases)("interventional: $name", async (golden) => {
    await expectGolden(golden, golden.interventional, "interventional");
  });
});

async function expectGolden(
  golden: Case,
  expected: Case["path_dependent"],
  kind: "path-dependent" | "interventional",
): Promise<void> {
  const names = Array.from({ length: golden.features }, (_, f) => `f${f}`);
  const model = TreeModel.fromTrees(names, 0, golden.trees.map(treeOf));
  const background = {
    columns: columnsOf(golden.background, golden.features),
    rows: golden.background.length,
  };
  const rows = golden.rows.length;
  const { values: [values], bias } = await shapValues(
    [model],
    columnsOf(golden.rows, golden.features),
    rows,
    {
      kind,
      background,
      threads: 1,
    },
  );
  expect(Math.abs(bias[0] - expected.bias)).toBeLessThan(TOLERANCE);
  let largest = 0;
  expected.phi.forEach((row, r) =>
    row.forEach((phi, f) => {
      expect(Math.abs(values[f * rows + r] - phi!)).toBeLessThan(TOLERANCE);
      largest = Math.max(largest, Math.abs(phi!));
    })
  );
  // Values that are all nearly zero would agree with anything.
  expect(largest).toBeGreaterThan(0.1);
}

function columnsOf(rows: readonly (readonly (number | null)[])[], features: number): Float32Array[] {
  return Array.from({ length: features }, (_, f) => Float32Array.from(rows, (row) => row[f] ?? NaN));
}

function treeOf(tree: Case["trees"][number]): Tree {
  const nodes = tree.column.length;
  return {
    column: Int32Array.from(tree.column),
    bin: new Int16Array(nodes),
    threshold: Float32Array.from(tree.threshold),
    missingLeft: Uint8Array.from(tree.missingLeft),
    left: Int32Array.from(tree.left),
    value: Int32Array.from(tree.value),
    gain: new Float64Array(nodes),
    cover: Float64Array.from(tree.cover),
  };
}
