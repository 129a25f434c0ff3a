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

/** A node of ours as the goldens have it: [feature, gain, cover] or [leaf value, cover]. */
function nodeOf(tree: Tree, node: number): number[] {
  return tree.column[node] < 0
    ? [tree.value[node] / MARGIN_ONE, tree.cover[node]]
    : [tree.column[node], tree.gain[node], tree.cover[node]];
}

/** Left child of every inner node of a tree listed breadth first. */
function leftChildren(tree: readonly number[][]): number[] {
  let next = 1;
  return tree.map((node) => (node.length === 3 ? (next += 2) - 2 : -1));
}

/** Compares two trees from their roots; below a near-tie that fell the other way there is nothing to compare. Returns nodes seen and ties. */
function compare(tree: Tree, expected: readonly number[][], where: string): { nodes: number; ties: number } {
  const left = leftChildren(expected);
  const seen = { nodes: 0, ties: 0 };
  const visit = (ours: number, theirs: number): void => {
    const found = nodeOf(tree, ours);
    const wanted = expected[theirs];
    const at = `${where}, node ${theirs}`;
    seen.nodes++;
    expect(found.length, at).toBe(wanted.length);
    const close = (a: number, b: number, slack: number): boolean =>
      Math.abs(a - b) <= 1e-4 * Math.abs(b) + slack;
    expect(close(found.at(-1)!, wanted.at(-1)!, 2e-5), `${at}: cover ${found.at(-1)} ${wanted.at(-1)}`).toBe(
      true,
    );
    if (wanted.length === 2) {
      expect(close(found[0], wanted[0], 2e-5), `${at}: leaf ${found[0]} ${wanted[0]}`).toBe(true);
      return;
    }
    // Gains feel the gradient grid (2^-19 a row), leaf values and covers do not.
    expect(close(found[1], wanted[1], 5e-3), `${at}: gain ${found[1]} ${wanted[1]}`).toBe(true);
    if (found[0] !== wanted[0] && close(found[1], wanted[1], 1e-4)) {
      seen.ties++;
      return;
    }
    expect(found[0], at).toBe(wanted[0]);
    visit(tree.left[ours], left[theirs]);
    visit(tree.left[ours] + 1, left[theirs] + 1);
  };
  visit(0, 0);
  return seen;
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
    let compared = 0;
    results.forEach(({ trees }, k) => {
      for (const [t, tree] of trees.entries()) {
        const { nodes, ties } = compare(tree, goldens.trees[classes[k]][t], `class ${classes[k]}, tree ${t}`);
        compared += nodes;
        // After a tie that fell the other way the next tree starts from other margins.
        if (ties > 0) break;
      }
    });
    expect(compared).toBeGreaterThan(300);
  });
});
