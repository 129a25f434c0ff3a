/** XGBoost for bench/gpu.ts: whether Python has it, and its training on the same rows (bench/peers/gpu_peer.py). */
import { type SimulatedRows, writeTable } from "./gpu-data.ts";
import { measure, option, root } from "./process.ts";

/** A Python that can train there, or why there is none. */
export type Peer =
  | { readonly python: string; readonly device: "cuda" | "cpu"; readonly version: string }
  | { readonly absent: string };

/** What the peer prints. */
export interface PeerReport {
  readonly version: string;
  readonly bin_seconds: number;
  readonly models: readonly {
    readonly name: string;
    readonly seconds: number;
    readonly first_ms: number;
    /** The median round without the first. */
    readonly round_ms: number;
    readonly device: string;
    readonly log_loss: number;
  }[];
}

const SCRIPT = "bench/peers/gpu_peer.py";

/** Looks for XGBoost with CUDA; where there is none, and `onCpu`, for XGBoost at all. */
export async function findPeer(python: string, onCpu: boolean): Promise<Peer> {
  const cuda = await findOn(python, "cuda");
  return "absent" in cuda && onCpu ? await findOn(python, "cpu") : cuda;
}

async function findOn(python: string, device: "cuda" | "cpu"): Promise<Peer> {
  try {
    const found = lastLine((await measure(python, [SCRIPT, "--check", "--device", device], root)).stdout);
    return "absent" in found
      ? { absent: String(found.absent) }
      : { python, device, version: String(found.version) };
  } catch {
    return { absent: `${python.split("/").at(-1)} could not be run (--python PATH)` };
  }
}

/** Writes the rows into a folder, has the peer train on them, and takes them away again. */
export async function runPeer(
  { python, device }: Exclude<Peer, { readonly absent: string }>,
  data: SimulatedRows,
  settings: Readonly<Record<string, number>>,
): Promise<PeerReport> {
  const work = option("work", "");
  const folder = await Deno.makeTempDir(work ? { dir: work } : {});
  try {
    await writeTable(folder, data);
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return lastLine(
      (await measure(python, [SCRIPT, folder, "--device", device, ...args], root)).stdout,
    ) as unknown as PeerReport;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function lastLine(stdout: string): Record<string, unknown> {
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}
