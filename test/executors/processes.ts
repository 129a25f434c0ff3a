/** Executors that are processes: Deno with its own WebGPU (wgpu), Node with the npm package webgpu (Dawn). */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "./bundle.ts";
import type { Job } from "./executors.ts";

type Environment = Record<string, string>;

const CHILD = fileURLToPath(new URL("./child.mjs", import.meta.url));

/** Runs the entry as it stands in the Deno that runs the tests. */
export function runInDeno(env: Environment, entry: URL, job: Job): Promise<string> {
  return inFolder((folder) => run(process.execPath, ["run", "-A", CHILD], env, folder, entry.href, job));
}

/** Runs the entry's bundle in the Node on the PATH. */
export function runInNode(env: Environment, entry: URL, job: Job): Promise<string> {
  return inFolder(async (folder) => {
    const bundled = join(folder, "entry.mjs");
    await writeFile(bundled, await bundle(entry));
    return run("node", [CHILD], env, folder, pathToFileURL(bundled).href, job);
  });
}

async function inFolder(work: (folder: string) => Promise<string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spliceboost-executor-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The result comes in a file: stdout is the entry's. */
async function run(
  command: string,
  args: string[],
  env: Environment,
  folder: string,
  entry: string,
  job: Job,
): Promise<string> {
  const [question, answer] = [join(folder, "job.json"), join(folder, "result.json")];
  await writeFile(question, JSON.stringify({ ...job, entry, answer }));
  await new Promise<void>((resolve, reject) => {
    const options = { env: { ...process.env, ...env, NO_COLOR: "1" }, maxBuffer: 2 ** 26 };
    execFile(command, [...args, question], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${stderr}${stdout}` || error.message));
      else resolve();
    });
  });
  return await readFile(answer, "utf8");
}
