import { defineConfig } from "vitest/config";
import { wgslAsText } from "./wgsl-as-text.ts";

/** The required tests; those under test/slow run in CI after them. */
export default defineConfig({
  plugins: [wgslAsText],
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    exclude: ["test/slow/**"],
    pool: "forks",
    testTimeout: 900_000,
    hookTimeout: 900_000,
    maxWorkers: 2,
  },
});
