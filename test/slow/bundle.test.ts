/** The bundle as Node users and browsers get it: what `npm run build` leaves in dist/. */
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { GradientBoostedTrees } from "../../src/index.ts";
import { executors, runOn } from "../executors/executors.ts";

const built = existsSync("dist/index.js");
const resolveDir = fileURLToPath(new URL("../..", import.meta.url));

const rows = 200;
const a = Array.from({ length: rows }, (_, i) => (i * 37) % 101);
const b = Array.from({ length: rows }, (_, i) => (i * 53) % 29);
const data = { X: { a, b }, y: a.map((x, i) => (x + b[i] > 60 ? 1 : 0)) };
const expected = async (): Promise<number[]> => {
  const model = new GradientBoostedTrees({ n_estimators: 5, seed: 7, device: "cpu" });
  await model.fit(data.X, data.y);
  return Array.from(await model.predictProba(data.X));
};

/** What an app does with the bundle; as text, because the sources are checked unbuilt. */
const APP = `
  import { GradientBoostedTrees, openGpu, treePredictor } from "./dist/index.js";
  export async function main(gpu, { X, y }) {
    const model = new GradientBoostedTrees({ n_estimators: 5, seed: 7, device: "webgpu" });
    await model.fit(X, y, { gpu });
    const device = await openGpu({ gpu });
    const predictor = treePredictor({ gpu: device });
    const probabilities = Array.from(await model.predictProba(X, { predictor }));
    predictor.close();
    device.destroy();
    return probabilities;
  }
`;

describe.skipIf(!built)("bundle (skipped where dist/ is not built)", () => {
  it("trains and predicts under Node, to the same probabilities as the sources under Deno", async () => {
    const script = `
      import { GradientBoostedTrees } from "./dist/index.js";
      const { X, y } = JSON.parse(process.argv[1]);
      const model = new GradientBoostedTrees({ n_estimators: 5, seed: 7 });
      await model.fit(X, y);
      console.log(JSON.stringify(Array.from(await model.predictProba(X))));
    `;
    const out = execFileSync("node", ["--input-type=module", "-e", script, JSON.stringify(data)], {
      encoding: "utf8",
    });
    expect(JSON.parse(out)).toEqual(await expected());
  });

  for (const { name, available, reason } of executors().filter((one) => /node|chromium/.test(one.name))) {
    const why = reason && ` (skipped: ${reason})`;
    it.skipIf(!available)(
      `trains and predicts on WebGPU in ${name}, to the same probabilities${why}`,
      async () => {
        const folder = mkdtempSync(join(tmpdir(), "spliceboost-bundle-"));
        try {
          const entry = join(folder, "entry.mjs");
          // As apps for browsers are built: with the condition "browser", which bundlers set.
          await build({
            stdin: { contents: APP, resolveDir },
            bundle: true,
            format: "esm",
            platform: "browser",
            external: ["node:*"],
            outfile: entry,
            logLevel: "silent",
          });
          expect(await runOn(name, pathToFileURL(entry), data)).toEqual(await expected());
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    );
  }
});
