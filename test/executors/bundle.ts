/** Entries for those that take no TypeScript. */
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

/** The entry and all it imports as the source of one ES module, shaders as text. */
export async function bundle(entry: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    // The readers of Parquet have another face for Node, with files; the library takes bytes.
    conditions: ["browser"],
    external: ["node:*"],
    logLevel: "silent",
  });
  return outputFiles[0].text;
}
