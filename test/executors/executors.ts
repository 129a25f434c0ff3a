/**
 * Where WebGPU code runs in the tests: two compilers of WGSL (naga in Deno, Tint in Dawn) over two software drivers.
 *
 * An entry is a TypeScript module with `export async function main(gpu: GPU, input, load)`. What it returns must be JSON;
 * `load(path)` gives the bytes of a file that the caller named. An entry is bundled for Node and Chromium, so it may import
 * shaders as text and anything of src/ but worker files.
 */
import process from "node:process";
import { lavapipe } from "../adapters/lavapipe.mjs";
import { swiftshader } from "../adapters/swiftshader.mjs";
import { type Page, runInChromium } from "./chromium.ts";
import { runInDeno, runInNode } from "./processes.ts";

/** What an entry is given besides the GPU. */
export interface Job {
  input: unknown;
  /** Absolute paths that `load` may read. */
  files: string[];
}

interface Place {
  /** The driver it needs, as in SPLICEBOOST_EXPECT_ADAPTERS. */
  driver: "swiftshader" | "lavapipe";
  run(entry: URL, job: Job): Promise<string>;
}

const onSwiftshader = (): Record<string, string> => swiftshader().env!;
const onLavapipe = (): Record<string, string> => lavapipe().env!;
const inChromium = (page: Page): Place => ({
  driver: "swiftshader",
  run: (entry, job) => runInChromium(swiftshader().chromium!, page, entry, job),
});

const WITH_WEBGPU: Record<string, Place> = {
  "deno-swiftshader": { driver: "swiftshader", run: (entry, job) => runInDeno(onSwiftshader(), entry, job) },
  "deno-lavapipe": { driver: "lavapipe", run: (entry, job) => runInDeno(onLavapipe(), entry, job) },
  "node-swiftshader": { driver: "swiftshader", run: (entry, job) => runInNode(onSwiftshader(), entry, job) },
  "chromium-page": inChromium({ adapter: true, secure: true, worker: false }),
  "chromium-worker": inChromium({ adapter: true, secure: true, worker: true }),
};

const WITHOUT_WEBGPU: Record<string, Place> = {
  // As browsers are where the graphics card is blocked: navigator.gpu is there and finds no adapter.
  "chromium-without-adapter": inChromium({ adapter: false, secure: true, worker: false }),
  // As older browsers are, and all on a page that is neither https nor localhost: no navigator.gpu.
  "chromium-without-webgpu": inChromium({ adapter: false, secure: false, worker: false }),
};

export interface Executor {
  name: string;
  available: boolean;
  /** Why it is not available; empty where it is. */
  reason: string;
}

/** The executors that have an adapter, those that this machine lacks among them. */
export function executors(): Executor[] {
  return listed(WITH_WEBGPU);
}

/** The executors in which no adapter can be had. */
export function executorsWithoutWebgpu(): Executor[] {
  return listed(WITHOUT_WEBGPU);
}

/** Names of the executors that must be available: those of the drivers in SPLICEBOOST_EXPECT_ADAPTERS (set by CI). */
export function expectedExecutors(): string[] {
  const drivers = (process.env.SPLICEBOOST_EXPECT_ADAPTERS ?? "").split(" ");
  return Object.entries({ ...WITH_WEBGPU, ...WITHOUT_WEBGPU })
    .filter(([, { driver }]) => drivers.includes(driver))
    .map(([name]) => name);
}

/**
 * Runs an entry and returns what its `main` returned, after a way through JSON.
 *
 * @param name one of the executors
 * @param entry the URL of the TypeScript module
 * @param input anything that JSON can carry
 * @param files absolute paths that `load` may read
 * @throws Error with the name of the executor and what went wrong there, or why it is not available
 */
export async function runOn(
  name: string,
  entry: URL,
  input: unknown = null,
  files: string[] = [],
): Promise<unknown> {
  const place = WITH_WEBGPU[name] ?? WITHOUT_WEBGPU[name];
  if (!place) throw new Error(`expected the name of an executor, found ${name}`);
  const reason = reasonAgainst(place);
  if (reason) throw new Error(`${name} is not available: ${reason}`);
  try {
    return JSON.parse(await place.run(entry, { input, files }));
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

function listed(places: Record<string, Place>): Executor[] {
  return Object.entries(places).map(([name, place]) => {
    const reason = reasonAgainst(place);
    return { name, available: reason === "", reason };
  });
}

function reasonAgainst({ driver }: Place): string {
  return (driver === "lavapipe" ? lavapipe() : swiftshader()).reason;
}
