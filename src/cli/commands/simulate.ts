/** `spliceboost simulate`: a data set of simulated genes in the guide's layout. */
import { existsSync } from "node:fs";
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

/** What a data set of ours holds; a folder with anything else in it is not replaced. */
const OWN_FILE = /^(batch_\d+\.parquet|gene_manifest\.csv)$/;

/**
 * Writes the files beside their place, then moves the folder there: a data set is whole or absent, and an old one is
 * there until the new one is whole.
 * @throws SpliceboostError (usage) where the folder is there and is not to be replaced, or holds files of somebody else
 */
export async function simulateInto(
  request: SimulationRequest,
  signal: AbortSignal,
  said: (text: string) => void,
): Promise<SimulationResult> {
  const master = join(request.out, "master");
  const partial = `${master}.partial`;
  await checkReplaceable(master, request.force);
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
    // Once more, since somebody may have put a file there meanwhile.
    await checkReplaceable(master, request.force);
    await replaceFolder(partial, master);
  } catch (error) {
    await removeIfPresent(partial);
    throw error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied
      ? fileError(error, master, "written")
      : error;
  }
  said(`Simulated ${formatInteger(request.genes)} genes, ${formatInteger(rows)} rows, into ${master}.`);
  return { directory: master, files, rows };
}

async function checkReplaceable(master: string, force: boolean): Promise<void> {
  if (!existsSync(master)) return;
  if (!(await isDirectory(master))) {
    throw usageError(`${master}: expected a directory, or nothing, found a file. Choose another --out.`);
  }
  if (!force) throw usageError(`${master} exists already: choose another --out, or --force to replace it.`);
  for await (const { name, isFile } of Deno.readDir(master)) {
    if (isFile && OWN_FILE.test(name)) continue;
    throw usageError(
      `${master} holds ${name}, which is no part of a simulated data set, so --force does not replace it: ` +
        "move it away, or choose another --out.",
    );
  }
}

/** Moves `from` to `to`; what was there is set aside first and removed last. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const old = `${to}.old.partial`;
  await removeIfPresent(old);
  const replaces = existsSync(to);
  if (replaces) await Deno.rename(to, old);
  try {
    await Deno.rename(from, to);
  } catch (error) {
    if (replaces) await Deno.rename(old, to);
    throw error;
  }
  await removeIfPresent(old);
}
