// The far side of processes.ts, for Deno and Node: child.mjs JOB.json
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import process from "node:process";

const { entry, input, files, answer } = JSON.parse(await readFile(process.argv[2], "utf8"));

async function load(path) {
  if (!files.includes(path)) throw new Error(`${path} is not among the files of this run`);
  return new Uint8Array(await readFile(path));
}

// Node gets no GPUBufferUsage and the like: the library has to do without them.
const gpu = globalThis.Deno ? navigator.gpu : createRequire(import.meta.url)("webgpu").create([]);
const { main } = await import(entry);
await writeFile(answer, JSON.stringify(await main(gpu, input, load)));
// Dawn keeps Node alive for as long as the GPU is referred to.
process.exit(0);
