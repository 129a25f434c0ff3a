/** `spliceboost simulate`: a data set of simulated genes in the guide's layout. */
import { basename, join } from "node:path";
import { simulateDataset } from "../../genome/simulate.ts";
import { usageError } from "../../numerics/errors.ts";
import { type Context, printJson } from "../context.ts";
import { fileError, isDirectory, removeIfPresent, writeWhole } from "../files.ts";
import { formatInteger } from "../format.ts";
import { interruptible } from "../interrupts.ts";
import type { Values } from "../option-types.ts";
import type { SIMULATE_OPTIONS } from "../options.ts";
import type { Invocation } from "../parse.ts";

/** What `simulate` is asked for. */
export interface SimulationRequest {
  readonly genes: number;
  readonly out: string;
  readonly seed: number;
  readonly kmers: readonly number[];
  readonly force: boolean;
}

/** What was written. */
export interface SimulationResult {
  readonly directory: string;
  readonly files: readonly string[];
  readonly rows: number;
}

const INTERRUPTED = {
  first: "interrupted: stops after the current gene; again leaves at once.",
  after: "stopped; nothing was written. Run the command again to make the whole set.",
};

/** Runs `simulate`; returns the exit code. */
export async function simulateCommand(invocation: Invocation, context: Context): Promise<number> {
  const values = invocation.values as unknown as Values<typeof SIMULATE_OPTIONS>;
  return await interruptible(context.log, INTERRUPTED, async (signal) => {
    const result = await simulateInto(values, signal, (text) => context.log.info(text));
    if (values.json) printJson(context, { ...result, genes: values.genes, seed: values.seed });
    else context.out(`${result.directory}\n`);
    return 0;
  });
}

/** Writes the files beside their place, then moves the folder there: a data set is whole or absent. */
export async function simulateInto(
  request: SimulationRequest,
  signal: AbortSignal,
  said: (text: string) => void,
): Promise<SimulationResult> {
  const master = join(request.out, "master");
  const partial = `${master}.partial`;
  if (await isDirectory(master) && !request.force) {
    throw usageError(`${master} exists already: choose another --out, or --force to replace it.`);
  }
  await removeIfPresent(partial);
  const files: string[] = [];
  let rows = 0;
  let said20 = 0;
  try {
    const simulation = simulateDataset({
      genes: request.genes,
      seed: request.seed,
      kmerSizes: request.kmers,
      signal,
      onProgress: (done, genes) => {
        const step = Math.floor((20 * done) / genes);
        if (step > said20) said(`simulate: ${5 * step} %, ${done}/${genes} genes`);
        said20 = Math.max(step, said20);
      },
    });
    for await (const file of simulation) {
      const name = basename(file.path);
      await writeWhole(join(partial, name), file.bytes);
      files.push(name);
      if (name.endsWith(".parquet")) rows += file.rows;
    }
    await removeIfPresent(master);
    await Deno.rename(partial, master);
  } catch (error) {
    await removeIfPresent(partial);
    throw error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied
      ? fileError(error, master, "written")
      : error;
  }
  said(`Simulated ${formatInteger(request.genes)} genes, ${formatInteger(rows)} rows, into ${master}.`);
  return { directory: master, files, rows };
}
