/** The one pass over the trees against predicting every permuted table anew: the same margins, to the bit. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { permutedMargins } from "../../../src/evaluation/importance/permuted-margins.ts";
import { layerOf, layOut } from "../../../src/evaluation/importance/routing.ts";
import { TreeModel } from "../../../src/trees/tree-model.ts";
import { featureValue, forest } from "../../trees/random-trees.ts";
import { deepModel } from "./models.ts";

interface Case {
  readonly models: readonly TreeModel[];
  readonly columns: readonly Float32Array[];
  readonly rows: number;
  /** A unit per feature and layer, -1 for none; units are numbered over all layers. */
  readonly layers: readonly (readonly number[])[];
  readonly units: number;
  /** Per repeat. */
  readonly orders: readonly (readonly number[])[];
  readonly begin: number;
  readonly end: number;
}

function compare({ models, columns, rows, layers, units, orders, begin, end }: Case): void {
  const { routing, bytes } = layOut(models, columns, rows);
  const input = {
    routing,
    rows,
    bytes,
    orders: Uint32Array.from(orders.flat()),
    repeats: orders.length,
    layers: layers.map((unitOfFeature) => layerOf(routing, unitOfFeature)),
    units,
  };
  models.forEach((model, m) => {
    const { margins, changes } = permutedMargins(input, m, begin, end);
    const plain = model.marginsOf(columns, rows).slice(begin, end);
    expect(margins).toEqual(plain);
    orders.forEach((order, repeat) => {
      for (let unit = 0; unit < units; unit++) {
        const permuted = columns.map((values, f) =>
          layers.some((unitOfFeature) => unitOfFeature[f] === unit)
            ? Float32Array.from(order, (row) => values[row])
            : values
        );
        const at = (repeat * units + unit) * (end - begin);
        const found = plain.map((margin, i) => margin + changes[at + i]);
        expect(found).toEqual(model.marginsOf(permuted, rows).slice(begin, end));
      }
    });
  });
}

/** A random order of n rows, as keys that are sorted. */
const orderOf = (n: number) =>
  fc.array(fc.double({ noNaN: true }), { minLength: n, maxLength: n })
    .map((keys) => keys.map((_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b));

describe("permutedMargins", () => {
  it("equals prediction anew on any trees, rows, units and permutations", () => {
    const rowsOf = fc.array(fc.array(featureValue, { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 12,
    });
    const cases = fc.tuple(forest, rowsOf, fc.nat()).chain(([forest, rows, cut]) =>
      fc.record({
        orders: fc.array(orderOf(rows.length), { minLength: 1, maxLength: 3 }),
        // Groups of features in one layer, single features in the next.
        groups: fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 4, maxLength: 4 }),
        base: fc.integer({ min: -1e6, max: 1e6 }),
      }).map(({ orders, groups, base }): Case => {
        const features = forest.featureNames.length;
        const begin = cut % rows.length;
        return {
          models: [base, 5].map((margin) => TreeModel.fromTrees(forest.featureNames, margin, forest.trees)),
          columns: forest.featureNames.map((_, f) => Float32Array.from(rows, (row) => row[f])),
          rows: rows.length,
          layers: [groups.slice(0, features), Array.from({ length: features }, (_, f) => 2 + f)],
          units: 2 + features,
          orders,
          begin,
          end: begin + 1 + ((cut >>> 8) % (rows.length - begin)),
        };
      })
    );
    fc.assert(fc.property(cases, compare));
  });

  it("equals it on deep trees with features that come back on a path, and with values missing", () => {
    const rows = 300;
    const { model, columns } = deepModel(rows);
    const order = (step: number) => Array.from({ length: rows }, (_, i) => (i * step + 11) % rows);
    compare({
      models: [model],
      columns,
      rows,
      layers: [[0, 0, 1, 2], [3, 4, -1, -1]],
      units: 5,
      orders: [order(7), order(31), order(1)],
      begin: 20,
      end: 300,
    });
  });

  it("changes nothing where nothing is permuted", () => {
    const { model, columns } = deepModel(50);
    const { routing, bytes } = layOut([model], columns, 50);
    const orders = Uint32Array.from({ length: 50 }, (_, i) => i);
    const layers = [layerOf(routing, [0, 1, 2, 3])];
    const { changes } = permutedMargins(
      { routing, rows: 50, bytes, orders, repeats: 1, layers, units: 4 },
      0,
      0,
      50,
    );
    expect(changes.every((change) => change === 0)).toBe(true);
  });
});
