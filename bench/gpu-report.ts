/** What bench/gpu.ts prints of a size: time, work, bytes, kernels, XGBoost, targets. */
import type { Peer, PeerReport } from "./gpu-peer.ts";
import type { CountedRun, TimedRun } from "./gpu-run.ts";

/** A round at the headline's size, ms; a round over XGBoost's; all lanes over one of XGBoost's models. With CUDA, on an H200-class GPU. */
const TARGETS = { round: 40, roundRatio: 0.25, oneModelRatio: 1 };
const NAME_WIDTH = 22;
const CELL_WIDTH = 12;

/** A line of the report; without a name it goes on with the one before. */
export function say(name: string, text: string): void {
  console.log(`  ${name.padEnd(NAME_WIDTH)}${text}`);
}

function ms(x: number): string {
  return `${x.toFixed(x < 10 ? 3 : 1)} ms`;
}

function big(x: number): string {
  return x.toExponential(3);
}

/** Lines of some text, the later ones below the first. */
export function below(text: string): string {
  return text.replaceAll("\n", `\n${" ".repeat(NAME_WIDTH + 2)}`);
}

export function printTime({ cold, warm, ...timed }: TimedRun, { opening }: CountedRun): void {
  const compiled = `with upload and compilation (opened again, compiled: ${ms(opening)})`;
  say("cold", `${ms(cold.ms)} for the first ${cold.rounds} rounds, ${compiled}`);
  const spread = `${ms(timed.median)} median of ${warm.length} batches (${ms(timed.least)} to ${
    ms(timed.most)
  })`;
  say(
    "round, warm",
    warm.length > 0 ? `${ms(timed.round)} mean, ${spread}, all lanes` : "too few rounds to tell (--rounds N)",
  );
  say("training", `${timed.seconds.toFixed(2)} s in all`);
}

/** What the device did in the timed training. */
export interface Used {
  readonly submits: number;
  readonly readbacks: number;
  readonly readBytes: number;
  readonly uploadedBytes: number;
}

/** What does not depend on the clock: a round's means. */
export interface Counts extends Used {
  readonly rounds: number;
  readonly dispatches: number;
  readonly listed: number;
  readonly builtByLevel: readonly number[];
  readonly updates: number;
  readonly bytes: number;
  readonly floor: number;
  readonly bytesByKernel: Readonly<Record<string, number>>;
}

export function countsOf(counted: CountedRun, used: Used): Counts {
  const { rounds, dispatches } = counted;
  const mean = (sum: number): number => sum / rounds;
  const bytesByKernel = Object.fromEntries(
    Object.entries(counted.bytes).map(([name, own]) => [name, mean(own)]),
  );
  return {
    ...used,
    rounds,
    dispatches,
    listed: mean(counted.listed),
    builtByLevel: counted.built.map(mean),
    updates: mean(counted.updates),
    bytes: Object.values(bytesByKernel).reduce((sum, own) => sum + own, 0),
    floor: mean(counted.floor),
    bytesByKernel,
  };
}

export function printCounts(counts: Counts, timed: TimedRun, { times }: CountedRun): void {
  const { rounds, submits, readbacks, readBytes, builtByLevel, updates, bytes, floor } = counts;
  const built = builtByLevel.reduce((sum, rows) => sum + rows, 0);
  const perRound = (n: number): string => (n / rounds).toFixed(2);
  say("dispatches", `${counts.dispatches} a round; submits ${perRound(submits)} a round`);
  say("readbacks", `${readbacks} in ${rounds} rounds, ${readBytes} bytes`);
  say("rows with gradients", `${counts.listed.toFixed(0)} a round, all lanes together`);
  say(
    "rows built from",
    `${built.toFixed(0)} a round; by level ${builtByLevel.map((own) => own.toFixed(0)).join(", ")}`,
  );
  say("updates", `${big(updates)} a round (rows built from x features that its trees may use)`);
  say("updates a second", `${big(updates / timed.round * 1000)} by the clock`);
  const device = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / rounds;
  if (device > 0) say("", `${big(updates / device * 1000)} by the kernels' time, ${ms(device)} a round`);
  say(
    "bytes",
    `${big(bytes)} a round as counted: ${(bytes / floor).toFixed(2)} times the floor, ${big(floor)}`,
  );
}

/** A kernel's share of a round. */
export interface KernelShare {
  readonly kernel: string;
  readonly msPerRound: number;
  readonly dispatchesPerRound: number;
  readonly discarded: number;
  readonly bytesPerRound: number;
}

export function kernelShares({ times, rounds }: CountedRun, { bytesByKernel }: Counts): KernelShare[] {
  return times.map(({ kernel, milliseconds, dispatches, discarded }) => ({
    kernel,
    msPerRound: milliseconds / rounds,
    dispatchesPerRound: dispatches / rounds,
    discarded,
    bytesPerRound: bytesByKernel[kernel] ?? 0,
  }));
}

export function printKernels(shares: readonly KernelShare[]): void {
  if (shares.length === 0) return say("kernels", "the device takes no timestamps");
  const all = shares.reduce((sum, { msPerRound }) => sum + msPerRound, 0);
  const print = (name: string, cells: readonly string[]): void =>
    say(name, cells.map((cell) => cell.padStart(CELL_WIDTH)).join(""));
  print("kernel", ["ms/round", "share", "dispatches", "bytes", "GB/s"]);
  for (const { kernel, msPerRound, dispatchesPerRound, bytesPerRound } of shares) {
    const share = `${(100 * msPerRound / all).toFixed(1)} %`;
    const traffic = bytesPerRound > 0
      ? [big(bytesPerRound), (bytesPerRound / msPerRound / 1e6).toFixed(2)]
      : ["-", "-"];
    print(kernel, [msPerRound.toFixed(3), share, dispatchesPerRound.toFixed(1), ...traffic]);
  }
}

/** Ours over XGBoost's. */
export interface Comparison {
  /** A round of all lanes over one of as many models. */
  readonly roundRatio: number;
  /** The training of all lanes over that of the fastest of its models. */
  readonly oneModelRatio: number;
}

export function printPeer(
  peer: Peer,
  theirs: PeerReport | null,
  timed: TimedRun,
  lanes: number,
  losses: readonly number[],
): Comparison | null {
  if (!theirs) {
    say("XGBoost", `not found: ${"absent" in peer ? peer.absent : "it did not run"}`);
    return null;
  }
  const { models, bin_seconds, version } = theirs;
  const round = models.reduce((sum, { round_ms }) => sum + round_ms, 0) * lanes / models.length;
  const one = Math.min(...models.map(({ seconds }) => seconds));
  const digits = (values: readonly number[]): string => values.map((x) => x.toFixed(5)).join(" ");
  say(
    "XGBoost",
    `${version} on ${models[0].device}: ${ms(round)} a round of ${lanes} models (medians without the first)`,
  );
  say("", `one model ${one.toFixed(2)} s, its bins ${bin_seconds.toFixed(2)} s`);
  say("log-loss", `ours ${digits(losses)}; XGBoost ${digits(models.map(({ log_loss }) => log_loss))}`);
  const comparison = { roundRatio: timed.round / round, oneModelRatio: timed.seconds / one };
  say(
    "ours over XGBoost",
    `a round ${comparison.roundRatio.toFixed(3)}; all lanes over one of its models ${
      comparison.oneModelRatio.toFixed(3)
    }`,
  );
  return comparison;
}

export function printTargets(
  headline: boolean,
  lanes: number,
  timed: TimedRun,
  comparison: Comparison | null,
): void {
  const found = (
    ratio: number | undefined,
  ): string => (ratio === undefined ? "no XGBoost here" : ratio.toFixed(3));
  if (headline) say("target", `at most ${TARGETS.round} ms a round: ${ms(timed.round)}`);
  if (lanes <= 3) {
    say(
      "target",
      `a round at most ${TARGETS.roundRatio} of XGBoost's with CUDA: ${found(comparison?.roundRatio)}`,
    );
  } else {say(
      "target",
      `all lanes at most ${TARGETS.oneModelRatio} of one XGBoost model with CUDA: ${
        found(comparison?.oneModelRatio)
      }`,
    );}
}
