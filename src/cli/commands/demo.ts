/** `spliceboost demo`: what `npm start` runs. Simulates genes, trains, prints the verdict and where the results lie. */
import type { Context } from "../context.ts";
import { isDirectory } from "../files.ts";
import type { Values } from "../option-types.ts";
import type { DEMO_OPTIONS } from "../options.ts";
import { type Invocation, parseArguments } from "../parse.ts";
import { simulateCommand } from "./simulate.ts";
import { trainCommand } from "./train.ts";

const DATA = "data/demo";
const RESULTS = "results/demo";
const GENES = 60;
/** Few rounds: the demo is to end well under a minute on two cores. */
const ROUNDS = 60;

/** Runs the demo; returns the exit code. */
export async function demoCommand(invocation: Invocation, context: Context): Promise<number> {
  const values = invocation.values as unknown as Values<typeof DEMO_OPTIONS>;
  if (!await isDirectory(`${DATA}/master`)) {
    context.log.info(`Simulates ${GENES} genes into ${DATA}.`);
    const simulation = asInvocation(["simulate", "--genes", String(GENES), "--out", DATA]);
    const code = await simulateCommand(simulation, { ...context, out: () => {} });
    if (code !== 0) return code;
  }
  const train = ["train", "--dataset", DATA, "--out-dir", RESULTS, "--n-estimators", String(ROUNDS)];
  if (invocation.given.has("device")) train.push("--device", values.device);
  if (values.threads !== undefined) train.push("--threads", String(values.threads));
  if (values.force) train.push("--force");
  context.log.info(`Runs: spliceboost ${train.join(" ")}`);
  const code = await trainCommand(asInvocation(train), context);
  if (code === 0) {
    context.out(
      `The results lie in ${RESULTS}: open report.html; "spliceboost describe ${RESULTS}" says what the other files are.\n`,
    );
  }
  return code;
}

function asInvocation(args: readonly string[]): Invocation {
  const request = parseArguments(args);
  if (request.kind !== "run") throw new Error(`not a command to run: ${args.join(" ")}`);
  return request;
}
