/** Structure of the first trees on binary columns, where it cannot depend on cut points: equal to XGBoost's own. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createCpuEngine } from "../../src/cpu/engine.ts";
import { type GrowthParameters, trainAll } from "../../src/numerics/engine.ts";
import { PLAIN } from "../cpu/lanes.ts";
import { compareTrees } from "./compare-trees.ts";
import { DATA, dnaLanes, hasData } from "./dna.ts";

const goldens = JSON.parse(readFileSync("test/trees/goldens/dna.json", "utf8"));
const engine = createCpuEngine({ threads: 2 });
afterAll(() => engine.close());

const PARAMETERS: GrowthParameters = {
  ...PLAIN,
  rounds: 3,
  learningRate: 0.3,
  maxDepth: 6,
  gradientBits: 19,
};

describe.skipIf(!hasData)(`first trees on dna.csv (skipped where ${DATA} is absent)`, () => {
  it("are XGBoost's, node by node", async () => {
    const classes = Object.keys(goldens.trees);
    const { rows, matrix, lanes } = dnaLanes(classes, PARAMETERS, engine.allocator());
    expect(rows).toBe(goldens.rows);
    const results = await trainAll(engine, matrix, lanes);
    let compared = 0;
    results.forEach(({ trees }, k) => {
      for (const [t, tree] of trees.entries()) {
        const where = `class ${classes[k]}, tree ${t}`;
        const { nodes, ties } = compareTrees(tree, goldens.trees[classes[k]][t], where);
        compared += nodes;
        // After a tie that fell the other way the next tree starts from other margins.
        if (ties > 0) break;
      }
    });
    expect(compared).toBeGreaterThan(300);
  });
});
