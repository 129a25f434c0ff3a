/** The profile of a training for people. */
import type { KernelProfile, RunProfile } from "../training/profile.ts";
import { formatBytes, formatInteger } from "./format.ts";

const HEAD = [
  "kernel",
  "ms",
  "share",
  "ms/round",
  "dispatches/round",
  "counted bytes/round",
  "GB/s",
] as const;

/** A table of the kernels, longest first, then what a round takes, and what the numbers are. Ends with a newline. */
export function profileText(profile: RunProfile): string {
  const { rounds, trees, dispatches, milliseconds, countedBytes, floorBytes, kernels } = profile;
  const round = (value: number): number => value / Math.max(1, rounds);
  const ratio = floorBytes > 0 ? countedBytes / floorBytes : NaN;
  const discarded = kernels.reduce((sum, kernel) => sum + kernel.discarded, 0);
  return [
    `Profile: ${formatInteger(rounds)} rounds, ${formatInteger(trees)} trees.`,
    "",
    ...table([HEAD, ...kernels.map((kernel) => kernelCells(kernel, profile))]),
    "",
    `A round: ${round(milliseconds).toFixed(3)} ms in kernels, ${round(dispatches).toFixed(1)} dispatches, ` +
    `${formatBytes(Math.round(round(profile.uploadedBytes)))} from the host, ` +
    `${formatBytes(Math.round(round(profile.readBytes)))} back (copies of data and models included).`,
    `Bytes asked of device memory: ${formatBytes(Math.round(round(countedBytes)))} a round, ${
      ratio.toFixed(1)
    } times the floor of ` +
    `${formatBytes(Math.round(round(floorBytes)))} (each binned byte of each tree's rows read once a level).`,
    "Bytes are counted from what the kernels do, for all sampled training rows; caches serve some of them, and rows whose gradient is",
    "zero on the grid are left out on the device, so less is moved. Times are timestamps around each dispatch, which has a pass of its",
    "own while profiling: without, a round takes less than their sum and the gaps between them.",
    ...(discarded > 0
      ? [
        `${
          formatInteger(discarded)
        } dispatches ended before they began by the driver's clock; they count no time.`,
      ]
      : []),
  ].map((line) => line + "\n").join("");
}

function kernelCells(kernel: KernelProfile, { rounds, milliseconds }: RunProfile): string[] {
  const { countedBytes } = kernel;
  const each = (value: number): number => value / Math.max(1, rounds);
  const seconds = kernel.milliseconds / 1000;
  return [
    kernel.kernel,
    kernel.milliseconds.toFixed(1),
    milliseconds > 0 ? `${(100 * kernel.milliseconds / milliseconds).toFixed(1)} %` : "",
    each(kernel.milliseconds).toFixed(3),
    each(kernel.dispatches).toFixed(1),
    countedBytes === null ? "not counted" : formatBytes(Math.round(each(countedBytes))),
    countedBytes === null || seconds === 0 ? "" : (countedBytes / seconds / 1e9).toFixed(2),
  ];
}

/** Lines with the first column on the left and the others on the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row.map((text, c) => c === 0 ? text.padEnd(widths[c]) : text.padStart(widths[c])).join("  ").trimEnd()
  );
}
