/** `spliceboost verify`: compares what the GPU computes with what it should compute, kernel by kernel. */
import { EXIT_CODES } from "../../numerics/errors.ts";
import { differencesOf, verifyGpu } from "../../gpu/verify.ts";
import { type Context, printJson } from "../context.ts";
import { formatInteger, formatTable } from "../format.ts";
import type { Values } from "../option-types.ts";
import type { VERIFY_OPTIONS } from "../options.ts";
import type { Invocation } from "../parse.ts";

/** Runs `verify`; returns 0 where all agrees, 1 on a difference. Without an adapter it throws (exit 4). */
export async function verifyCommand(invocation: Invocation, context: Context): Promise<number> {
  const { json } = invocation.values as unknown as Values<typeof VERIFY_OPTIONS>;
  const { log } = context;
  // The kernels that training takes on this adapter.
  const report = await verifyGpu({ softwareKernels: true }, {
    onCase: ({ name, done, total }) => log.info(`${done + 1} of ${total}: ${name}`),
  });
  const differences = differencesOf(report);
  if (json) printJson(context, { ok: differences.length === 0, ...report });
  else {
    const rows = report.rows.map(({ kernel, cases, dispatches, firstDifference }) => [
      firstDifference === null ? "ok" : "!!",
      kernel,
      formatInteger(cases),
      formatInteger(dispatches),
      firstDifference ?? "none",
    ]);
    context.out(`${report.adapter}\n`);
    context.out(formatTable([["", "kernel", "cases", "dispatches", "first difference"], ...rows]));
    context.out(
      differences.length === 0
        ? "Every kernel agrees with its twin, and every training with the CPU engine.\n"
        : `This adapter miscomputes ${differences.map(({ kernel }) => kernel).join(", ")}: ` +
          "train with --device cpu, and report the lines above with the driver's version (spliceboost doctor).\n",
    );
  }
  return differences.length === 0 ? 0 : EXIT_CODES.runtime;
}
