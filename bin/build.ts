// Builds dist/: the library for browsers and Node (index.js, its workers, lazily loaded chunks), the command line's bundle, and the types.
import * as esbuild from "esbuild";

const root = new URL("..", import.meta.url).pathname;
const packageJson = JSON.parse(await Deno.readTextFile(`${root}package.json`));
const external = [...Object.keys(packageJson.dependencies), ...Object.keys(packageJson.peerDependencies)]
  .flatMap((name) => [name, `${name}/*`]);

/** Workers are started by the URL of their file, which is a .js file next to the bundle. */
const workerUrls: esbuild.Plugin = {
  name: "worker-urls",
  setup(build) {
    build.onLoad(
      { filter: /src\/(cpu\/(threads|predictor|shap)|evaluation\/workers\/pool)\.ts$/ },
      async ({ path }) => ({
        contents: (await Deno.readTextFile(path)).replace(
          /new URL\("\.\/([\w-]+)\.ts"/g,
          'new URL("./$1.js"',
        ),
        loader: "ts",
      }),
    );
  },
};

await Deno.remove(`${root}dist`, { recursive: true }).catch(() => {});
const result = await esbuild.build({
  absWorkingDir: root,
  entryPoints: {
    index: "src/index.ts",
    worker: "src/cpu/worker.ts",
    "predict-worker": "src/cpu/predict-worker.ts",
    "shap-worker": "src/cpu/shap-worker.ts",
    "task-worker": "src/evaluation/workers/task-worker.ts",
    cli: "src/cli/main.ts",
  },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  platform: "neutral",
  mainFields: ["module", "main"],
  external: [...external, "node:*"],
  metafile: true,
  plugins: [workerUrls],
});
await esbuild.stop();

const types = await new Deno.Command("node", {
  args: ["node_modules/typescript/bin/tsc", "-p", "src/tsconfig.json"],
  cwd: root,
  stdout: "inherit",
  stderr: "inherit",
}).output();
if (!types.success) Deno.exit(1);
for (const [path, { bytes }] of Object.entries(result.metafile.outputs)) {
  if (path.endsWith(".js")) console.log(`${path}  ${(bytes / 1024).toFixed(0)} KiB`);
}
