/** The bundle as Node users and browsers get it: what `npm run build` leaves in dist/. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GradientBoostedTrees } from "../../src/index.ts";

const built = existsSync("dist/index.js");

describe.skipIf(!built)("bundle (skipped where dist/ is not built)", () => {
  it("trains and predicts under Node, to the same probabilities as the sources under Deno", async () => {
    const script = `
      import { GradientBoostedTrees } from "./dist/index.js";
      const { X, y } = JSON.parse(process.argv[1]);
      const model = new GradientBoostedTrees({ n_estimators: 5, seed: 7 });
      await model.fit(X, y);
      console.log(JSON.stringify(Array.from(await model.predictProba(X))));
    `;
    const rows = 200;
    const a = Array.from({ length: rows }, (_, i) => (i * 37) % 101);
    const b = Array.from({ length: rows }, (_, i) => (i * 53) % 29);
    const data = { X: { a, b }, y: a.map((x, i) => (x + b[i] > 60 ? 1 : 0)) };
    const out = execFileSync("node", ["--input-type=module", "-e", script, JSON.stringify(data)], {
      encoding: "utf8",
    });
    const model = new GradientBoostedTrees({ n_estimators: 5, seed: 7 });
    await model.fit(data.X, data.y);
    expect(JSON.parse(out)).toEqual(Array.from(await model.predictProba(data.X)));
  });
});
