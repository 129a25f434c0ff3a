/** Vite's side of `import source from "./x.wgsl" with { type: "text" }`, which Deno and esbuild know themselves. */
export const wgslAsText = {
  name: "wgsl-as-text",
  transform(source: string, id: string): { code: string; map: null } | undefined {
    if (id.endsWith(".wgsl")) return { code: `export default ${JSON.stringify(source)};`, map: null };
  },
};
