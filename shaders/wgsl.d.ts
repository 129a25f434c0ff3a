/** For tsc: what `import source from "./x.wgsl" with { type: "text" }` gives. Deno and esbuild know it themselves. */
declare module "*.wgsl" {
  const source: string;
  export default source;
}
