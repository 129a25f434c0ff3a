/** Runs steps on the device and their twins on the host, over the same buffers, and compares word by word. */
import { SpliceboostError } from "../numerics/errors.ts";
import type { GpuBuffer } from "./buffers.ts";
import type { Gpu } from "./gpu.ts";
import type { DispatchStep, Step } from "./round-steps.ts";
import { recordSteps } from "./round-steps.ts";
import { ACCEPTS, firstDifference, type Groups, TWINS } from "./twins/index.ts";

/** Host copies of device buffers. */
type Copies = ReadonlyMap<GpuBuffer, Uint32Array>;

/** Takes each dispatch that was compared; `difference`: where the first wrong word is, and what it should be, or null. */
export type OnDispatch = (step: DispatchStep, difference: string | null) => void;

/**
 * Runs the steps, `atOnce` of them between two readbacks. What follows on a difference within those is not judged, for it worked on wrong
 * data; then the right data is written back, and the next steps go on from there.
 * @throws SpliceboostError (device) that names the steps where the device fails
 */
export async function traceSteps(
  gpu: Gpu,
  steps: readonly Step[],
  args: GpuBuffer,
  onDispatch: OnDispatch,
  atOnce: number = 1,
): Promise<void> {
  const host = await copyToHost(gpu, steps, args);
  for (let first = 0; first < steps.length; first += atOnce) {
    const some = steps.slice(first, first + atOnce);
    const found = await runOnDevice(gpu, some, args);
    let wrong = false;
    for (const [i, step] of some.entries()) {
      if ("clear" in step) {
        host.get(step.clear)!.fill(0, step.offset / 4, (step.offset + step.bytes) / 4);
        continue;
      }
      const difference = judge(step, host, found[i], args, !wrong);
      if (wrong || difference === undefined) continue;
      wrong = difference !== null;
      onDispatch(step, difference);
    }
    if (wrong) { for (const [buffer, words] of host) gpu.write(buffer, 0, words); }
  }
}

/** Runs the twin of a step; says how what the kernel left differs: undefined where there was nothing to do. */
function judge(
  step: DispatchStep,
  host: Copies,
  found: ReadonlyMap<GpuBuffer, Uint32Array>,
  args: GpuBuffer,
  compares: boolean,
): string | null | undefined {
  const groups = groupsOf(step, host.get(args)!);
  if (groups.includes(0)) return undefined;
  const buffers = step.buffers.map((buffer) => host.get(buffer)!);
  TWINS[step.kernel](step.frame, buffers, groups);
  if (!compares) return undefined;
  const accept = ACCEPTS[step.kernel];
  for (const [buffer, words] of found) {
    const expected = host.get(buffer)!;
    const loose = accept !== undefined && buffer === step.buffers.at(-1);
    const at = loose ? accept(step.frame, buffers, words, groups) : firstDifference(expected, words);
    if (at >= 0) {
      return `"${buffer.label}"[${at}]: expected ${wordText(expected[at])}, found ${wordText(words[at])}`;
    }
    // What a driver may choose is what the next kernel works on.
    if (loose) expected.set(words);
  }
  return null;
}

/** Workgroups of a dispatch. */
function groupsOf({ groups }: DispatchStep, args: Uint32Array): Groups {
  if (typeof groups !== "number") return groups;
  return [args[groups / 4], args[groups / 4 + 1], args[groups / 4 + 2]];
}

function wordText(word: number): string {
  return word < 0x80000000 ? String(word) : `${word} (${word | 0})`;
}

/** All buffers of the steps, as they are. */
async function copyToHost(
  gpu: Gpu,
  steps: readonly Step[],
  args: GpuBuffer,
): Promise<Map<GpuBuffer, Uint32Array>> {
  const all = new Set([args]);
  for (const step of steps) {
    if ("clear" in step) all.add(step.clear);
    else for (const buffer of step.buffers) all.add(buffer);
  }
  const bytes = await gpu.read([...all].map((buffer) => ({ buffer })));
  return new Map([...all].map((buffer, i) => [buffer, new Uint32Array(bytes[i])]));
}

/** What each step left in the buffers it may write; one readback for all. */
async function runOnDevice(
  gpu: Gpu,
  steps: readonly Step[],
  args: GpuBuffer,
): Promise<Map<GpuBuffer, Uint32Array>[]> {
  const written = steps.map(writtenBy);
  const bytes = written.flat().reduce((sum, buffer) => sum + buffer.bytes, 0);
  const kept = gpu.buffer("what kernels left", bytes, "storage");
  try {
    const recorder = gpu.recorder("verification");
    let at = 0;
    steps.forEach((step, i) => {
      recordSteps(recorder, [step], args);
      for (const buffer of written[i]) {
        recorder.copy(buffer, 0, kept, at, buffer.bytes);
        at += buffer.bytes;
      }
    });
    recorder.submit();
    const [all] = await gpu.read([{ buffer: kept }]);
    await gpu.errors();
    at = 0;
    return written.map((buffers) =>
      new Map(buffers.map((buffer) => {
        const words = new Uint32Array(all, at, buffer.bytes / 4);
        at += buffer.bytes;
        return [buffer, words];
      }))
    );
  } catch (cause) {
    const names = new Set(
      steps.flatMap((step) => ("clear" in step ? [] : [step.bound.pipeline.kernel.name])),
    );
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SpliceboostError("device", `while running ${[...names].join(", ")}: ${reason}`, { cause });
  } finally {
    kept.destroy();
  }
}

function writtenBy(step: Step): GpuBuffer[] {
  if ("clear" in step) return [];
  const { bindings } = step.bound.pipeline.kernel;
  return step.buffers.filter((_, i) => bindings[i + 1] === "write");
}
