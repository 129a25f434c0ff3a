/** For the executors: what their compiler says of the shaders. Modules only: making pipelines of them takes software drivers seconds. */
import { openGpu } from "../../src/gpu/gpu.ts";

/** A kernel's WGSL with all imports. */
export interface Source {
  readonly name: string;
  readonly code: string;
}

/** Errors, each with its kernel; none where all compile. */
export async function main(gpu: GPU, sources: readonly Source[]): Promise<string[]> {
  const opened = await openGpu({ gpu, limits: "minimum" });
  const { device } = opened;
  const found: string[] = [];
  for (const { name, code } of sources) {
    device.pushErrorScope("validation");
    const { messages } = await device.createShaderModule({ label: name, code }).getCompilationInfo();
    const error = await device.popErrorScope();
    const errors = messages.filter(({ type }) => type === "error");
    found.push(...errors.map(({ lineNum, message }) => `${name}: line ${lineNum}: ${message}`));
    if (error && errors.length === 0) found.push(`${name}: ${error.message}`);
  }
  opened.destroy();
  return found;
}
