/** Structure of the first trees on binary columns, where it cannot depend on cut points: equal to XGBoost's own. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { MatrixBuilder } from "../../src/data/binning.ts";
import { ROLE_TRAIN, trainAll, type Tree } from "../../src/numerics/engine.ts";
import { MARGIN_ONE } from "../../src/numerics/fixed.ts";
import { PLAIN } from "../cpu/lanes.ts";

const DATA = "../shared/data/tabular/ydf_dna.csv.gz";
const goldens = JSON.parse(readFileSync("test/trees/goldens/dna.json", "utf8"));
const engine = createCpuEngine({ threads: 2 });
afterAll(() => engine.close());

/** Nodes breadth first: [feature, gain, cover] or [leaf value, cover], as the goldens have them. */
function nodes(tree: Tree): number[][] {
  return Array.from(
    tree.column,
    (column, node) =>
      column < 0
        ? [tree.value[node] / MARGIN_ONE, tree.cover[node]]
        : [column, tree.gain[node], tree.cover[node]],
  );
}

describe.skipIf(!existsSync(DATA))(`first trees on dna.csv (skipped where ${DATA} is absent)`, () => {
  it("are XGBoost's, node by node", async () => {
    const [header, ...lines] = gunzipSync(readFileSync(DATA)).toString().trim().split("\n");
    const names = header.split(",").slice(0, -1);
    const rows = lines.map((line) => line.split(",")).filter((_, i) => i % 5 !== 4);
    expect(rows.length).toBe(goldens.rows);
    const builder = new MatrixBuilder(rows.length, 256, engine.allocator());
    names.forEach((name, c) => builder.add(name, Float32Array.from(rows, (row) => Number(row[c]))));
    const matrix = builder.finish();
    const classes = Object.keys(goldens.trees);
    const lanes = classes.map((name) => ({
      name,
      target: Uint8Array.from(rows, (row) => (row.at(-1) === name ? 1 : 0)),
      role: new Uint8Array(rows.length).fill(ROLE_TRAIN),
      weight: null,
      baseMargin: 0,
      seed: 1,
      parameters: { ...PLAIN, rounds: 3, learningRate: 0.3, maxDepth: 6, gradientBits: 19 },
    }));
    const results = await trainAll(engine, matrix, lanes);
    results.forEach(({ trees }, k) =>
      trees.forEach((tree, t) => {
        const expected: number[][] = goldens.trees[classes[k]][t];
        const found = nodes(tree);
        const where = `class ${classes[k]}, tree ${t}`;
        expect(found.map((node) => node.length), where).toEqual(expected.map((node) => node.length));
        expected.forEach((node, i) => {
          if (node.length === 3) expect(found[i][0], `${where}, node ${i}`).toBe(node[0]);
          node.forEach((value, j) => {
            // Gains feel the gradient grid (2^-19 a row), leaf values and covers do not.
            const slack = node.length === 3 && j === 1 ? 5e-3 : 2e-5;
            expect(Math.abs(found[i][j] - value), `${where}, node ${i}`).toBeLessThan(
              1e-4 * Math.abs(value) + slack,
            );
          });
        });
      })
    );
  });
});
