import { defineConfig } from "vitest/config";
import { wgslAsText } from "../wgsl-as-text.ts";

/** Slower suites: whole runs on real data, the bundle under Node. */
export default defineConfig({
  plugins: [wgslAsText],
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/slow/**/*.test.ts"],
    pool: "forks",
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
  },
});
