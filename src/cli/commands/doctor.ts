/** `spliceboost doctor`: what this machine offers, and whether anything is in the way. */
import { tmpdir } from "node:os";
import { type AdapterFacts, describeAdapter } from "../../gpu/gpu.ts";
import { planText } from "../../gpu/group-plan.ts";
import { EXIT_CODES, SpliceboostError } from "../../numerics/errors.ts";
import { chooseDevice } from "../../trees/devices.ts";
import { resolveParameters } from "../../trees/parameters.ts";
import { type Context, printJson } from "../context.ts";
import { devicePlan } from "../device-plan.ts";
import { checkWritable } from "../files.ts";
import { formatBytes, formatInteger, formatTable } from "../format.ts";
import type { Values } from "../option-types.ts";
import type { DOCTOR_OPTIONS } from "../options.ts";
import type { Invocation } from "../parse.ts";
import { VERSION } from "../../version.ts";

/** One thing looked at. */
interface Finding {
  readonly name: string;
  readonly found: string;
  /** What to do, where something is in the way. */
  readonly problem?: string;
  /** Exit code of the problem. */
  readonly code?: number;
}

/** The smallest module with a SIMD instruction: an i32x4 splat. */
// deno-fmt-ignore
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11,
]);

/** A training whose memory on the GPU is told: five folds of three classifiers over a few hundred genes. */
const EXAMPLE = { rows: 600_000, features: 130, lanes: 15 };

/** Looks at runtime, threads, memory, WebAssembly, the GPU, folders and versions. */
export async function doctorCommand(invocation: Invocation, context: Context): Promise<number> {
  const values = invocation.values as unknown as Values<typeof DOCTOR_OPTIONS>;
  const findings = await examine(values.outDir);
  const problems = findings.filter((finding) => finding.problem);
  if (values.json) {
    printJson(context, { ok: problems.length === 0, findings });
  } else {
    const rows = findings.map((
      { name, found, problem },
    ) => [problem ? "!!" : "ok", name, found + (problem ? `: ${problem}` : "")]);
    context.out(formatTable(rows));
    context.out(
      problems.length === 0
        ? "Nothing is in the way.\n"
        : `In the way: ${problems.map((p) => p.name).join(", ")}.\n`,
    );
  }
  return problems[0]?.code ?? 0;
}

async function examine(outDir: string): Promise<Finding[]> {
  return [
    { name: "spliceboost", found: VERSION },
    {
      name: "Deno",
      found: `${Deno.version.deno} (V8 ${Deno.version.v8}, TypeScript ${Deno.version.typescript})`,
    },
    { name: "system", found: `${Deno.build.os} ${Deno.build.arch}, ${Deno.osRelease()}` },
    { name: "threads", found: String(navigator.hardwareConcurrency) },
    memory(),
    sharedMemory(),
    simd(),
    ...await devices(),
    await writable("temporary folder", tmpdir()),
    await writable("out-dir", outDir),
  ];
}

function memory(): Finding {
  const { total, available } = Deno.systemMemoryInfo();
  return { name: "memory", found: `${formatBytes(available)} free of ${formatBytes(total)}` };
}

function sharedMemory(): Finding {
  try {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }).buffer instanceof
      SharedArrayBuffer;
    return { name: "shared memory", found: shared ? "yes" : "no: training uses one thread" };
  } catch {
    return { name: "shared memory", found: "no: training uses one thread" };
  }
}

function simd(): Finding {
  if (WebAssembly.validate(SIMD_MODULE)) return { name: "WebAssembly SIMD", found: "yes" };
  const problem = "the CPU engine needs it; update Deno";
  return { name: "WebAssembly SIMD", found: "no", problem, code: EXIT_CODES.device };
}

/** What WebGPU offers, and what --device auto would take. None of it is in the way: there is the CPU. */
async function devices(): Promise<Finding[]> {
  const adapter = await describeAdapter();
  const { device, reason } = await chooseDevice();
  return [
    ...(adapter ? adapterFindings(adapter) : [{ name: "WebGPU", found: await whyNoAdapter() }]),
    { name: "device", found: `${device} is what --device auto takes: ${reason}` },
  ];
}

/** The adapter as its driver names it, its limits, and what would fit them. */
function adapterFindings(adapter: AdapterFacts): Finding[] {
  const { vendor, architecture, device, description, software, limits, features } = adapter;
  const names = { description, vendor, architecture, device };
  const told = Object.entries(names).filter(([, text]) => text !== "").map(([name, text]) =>
    `${name} ${text}`
  );
  return [
    {
      name: "WebGPU",
      found: `${software ? "an adapter in software" : "a hardware adapter"}: ${told.join(", ")}`,
    },
    {
      name: "GPU limits",
      found:
        `buffers ${formatBytes(limits.maxBufferSize)}, bindings ${
          formatBytes(limits.maxStorageBufferBindingSize)
        }, workgroup memory ${formatBytes(limits.maxComputeWorkgroupStorageSize)}, ` +
        `timestamp-query ${
          features.includes("timestamp-query") ? "yes" : "no: train --profile does not work"
        }`,
    },
    { name: "GPU memory", found: exampleMemory(adapter) },
  ];
}

function exampleMemory(adapter: AdapterFacts): string {
  const { parameters } = resolveParameters({});
  const { rows, features, lanes } = EXAMPLE;
  const what = `for ${
    formatInteger(rows)
  } rows, ${features} features of ${parameters.maxBin} bins, ${lanes} models`;
  try {
    return `${what}: ${planText(devicePlan({ ...EXAMPLE, parameters }, adapter)).replaceAll("\n", "\n    ")}`;
  } catch (error) {
    if (!(error instanceof SpliceboostError)) throw error;
    return `not enough ${what}: ${error.message}`;
  }
}

/** What to do about the absence, from the error that asking for WebGPU gives. */
async function whyNoAdapter(): Promise<string> {
  try {
    await chooseDevice({ device: "webgpu" });
    return "no adapter";
  } catch (error) {
    return `none: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function writable(name: string, folder: string): Promise<Finding> {
  try {
    await checkWritable(folder);
    return { name, found: `${folder} can be written` };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { name, found: folder, problem, code: EXIT_CODES.runtime };
  }
}
