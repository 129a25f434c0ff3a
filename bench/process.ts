import { V8_FLAGS } from "../bin/deno.mjs";

/** Runs a command to its end: wall time, processor time and peak memory of the process itself. */
export interface Measured {
  readonly wallSeconds: number;
  /** Largest resident set seen, bytes; NaN where the system does not tell (it is read from /proc). */
  readonly peakBytes: number;
  readonly stdout: string;
}

/** How often the peak is read, ms; the kernel keeps the maximum, so only the last moments can be missed. */
const INTERVAL = 50;

/** @throws Error with the end of its stderr when the command fails. */
export async function measure(command: string, args: readonly string[], cwd: string): Promise<Measured> {
  const start = performance.now();
  const child = new Deno.Command(command, { args: [...args], cwd, stdout: "piped", stderr: "piped" }).spawn();
  let peakBytes = NaN;
  const timer = setInterval(() => {
    try {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      const peak = /VmHWM:\s+(\d+) kB/.exec(status);
      if (peak) peakBytes = Number(peak[1]) * 1024;
    } catch {
      // The process has ended, or this is no Linux.
    }
  }, INTERVAL);
  const { success, code, stdout, stderr } = await child.output();
  clearInterval(timer);
  const wallSeconds = (performance.now() - start) / 1000;
  if (!success) {
    const end = new TextDecoder().decode(stderr).trimEnd().split("\n").slice(-15).join("\n");
    throw new Error(`${command} ${args.join(" ")} ended with code ${code}:\n${end}`);
  }
  return { wallSeconds, peakBytes, stdout: new TextDecoder().decode(stdout) };
}

/** A training of ours as a user runs it, with what it measured out of fold. */
export interface OurTraining extends Measured {
  readonly scores: {
    readonly macroF1: number;
    readonly apDonor: number;
    readonly apAcceptor: number;
    readonly aucDonor: number;
    readonly aucAcceptor: number;
    readonly logLoss: number;
  };
  readonly rows: number;
  /** Seconds by phase. */
  readonly phases: Readonly<Record<string, number>>;
}

/** Leaves out of a run what no peer does: holdouts beside the folds, and the analysis but for metrics, curves and thresholds. */
const TRAINING_ALONE = ["--minimal-diagnostics", "--no-leakage-check", "--no-overconfidence-check"];

/** Runs `spliceboost train` into `out` with the launcher's flags. */
export async function trainOurs(out: string, args: readonly string[]): Promise<OurTraining> {
  const command = [
    "run",
    "-A",
    V8_FLAGS,
    "src/cli/main.ts",
    "train",
    "--out-dir",
    out,
    "--force",
    "--quiet",
    ...TRAINING_ALONE,
    ...args,
  ];
  const measured = await measure(Deno.execPath(), command, root);
  const { seconds } = JSON.parse(await Deno.readTextFile(`${out}/manifest.json`));
  const { out_of_fold: metrics } = JSON.parse(await Deno.readTextFile(`${out}/metrics_aggregate.json`));
  return {
    ...measured,
    scores: {
      macroF1: metrics.test_macro_f1,
      apDonor: metrics.donor_ap,
      apAcceptor: metrics.acceptor_ap,
      aucDonor: metrics.donor_auc,
      aucAcceptor: metrics.acceptor_auc,
      logLoss: metrics.log_loss,
    },
    rows: metrics.test_rows,
    phases: seconds,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What the numbers were measured on. */
export function machine(): Record<string, unknown> {
  let cpu = "";
  try {
    cpu = /model name\s*:\s*(.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "";
  } catch {
    // Not Linux: the architecture has to do.
  }
  return {
    cpu,
    cores: navigator.hardwareConcurrency,
    arch: Deno.build.arch,
    os: Deno.build.os,
    memoryGiB: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    deno: Deno.version.deno,
    loadAverage: Deno.loadavg()[0],
  };
}

/** `--name value` from the command line, or the default. */
export function option(name: string, otherwise: string): string {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? otherwise : Deno.args[at + 1];
}

export const root: string = new URL("..", import.meta.url).pathname;

/** Writes a result with its machine, date and command under bench/results/. */
export async function record(name: string, result: Record<string, unknown>): Promise<void> {
  // Paths of one machine are nobody else's business: the end of a path says enough.
  const shown = Deno.args.map((arg) => (arg.startsWith("/") ? arg.split("/").slice(-3).join("/") : arg));
  const script = Deno.mainModule.split("/").slice(-2).join("/");
  const about = {
    date: new Date().toISOString().slice(0, 10),
    command: [script, ...shown].join(" "),
    machine: machine(),
  };
  await Deno.mkdir(`${root}bench/results`, { recursive: true });
  await Deno.writeTextFile(
    `${root}bench/results/${name}.json`,
    JSON.stringify({ ...about, ...result }, null, 2) + "\n",
  );
}
