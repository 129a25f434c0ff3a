import { defineConfig } from "vitest/config";
import { wgslAsText } from "../wgsl-as-text.ts";

/** Slower suites: whole runs on real data, the bundle under Node. */
export default defineConfig({
  plugins: [wgslAsText],
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/slow/**/*.test.ts"],
    pool: "forks",
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    maxWorkers: 1,
  },
});
