/** `spliceboost validate`: what is wrong with a data set, and with --fix, mends it. */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fixDataset } from "../../data/fix.ts";
import { type Finding, validateDataset } from "../../data/validate.ts";
import { EXIT_CODES, usageError } from "../../numerics/errors.ts";
import { type Context, printJson } from "../context.ts";
import { type DatasetFiles, locateDataset, openFiles } from "../dataset-path.ts";
import { writeWhole } from "../files.ts";
import { columnOptions } from "../open-data.ts";
import type { Values } from "../option-types.ts";
import type { VALIDATE_OPTIONS } from "../options.ts";
import type { Invocation } from "../parse.ts";

type ValidateValues = Values<typeof VALIDATE_OPTIONS>;

/** A shard that was rewritten. */
interface Fixed {
  readonly file: string;
  /** Where the file as it was is kept. */
  readonly original: string;
  readonly changes: readonly string[];
}

/** Runs `validate`; returns the exit code: 3 where errors are left. */
export async function validateCommand(invocation: Invocation, context: Context): Promise<number> {
  const values = invocation.values as unknown as ValidateValues;
  const files = await locateDataset(values.dataset);
  context.log.info(files.said);
  let findings = await check(files, values);
  let fixed: readonly Fixed[] = [];
  if (values.fix && findings.some((finding) => finding.fixable)) {
    for (const finding of findings) context.log.detail(line(finding));
    fixed = await fix(files, values, context);
    findings = await check(files, values);
  }
  const errors = findings.filter((finding) => finding.level === "error").length;
  if (values.json) printJson(context, { ok: errors === 0, findings, fixed });
  else context.out(lines(findings, fixed, values).map((text) => `${text}\n`).join(""));
  return errors === 0 ? 0 : EXIT_CODES.data;
}

async function check(files: DatasetFiles, values: ValidateValues): Promise<Finding[]> {
  const { sources, close } = openFiles(files);
  try {
    return await validateDataset(sources, columnOptions(values));
  } finally {
    close();
  }
}

/** Rewrites the shards that need it, each whole or not at all, and keeps what was there. */
async function fix(files: DatasetFiles, values: ValidateValues, context: Context): Promise<Fixed[]> {
  const other = files.paths.find((path) => /^https?:/i.test(path) || !/\.parquet$/i.test(path));
  if (other) {
    throw usageError(
      `--fix rewrites Parquet files on disk, found ${other}. Leave --fix out, or convert the file first.`,
    );
  }
  const { sources, close } = openFiles(files);
  const fixed: Fixed[] = [];
  try {
    for await (const shard of fixDataset(sources, columnOptions(values))) {
      const path = join(files.base, shard.replaces);
      const original = await keepBeside(path);
      await writeWhole(path, shard.bytes);
      context.log.info(`Rewrote ${path}; the original is kept as ${original}.`);
      if (shard.lost.length > 0) {
        context.log.warn(
          `${path} lost columns of types that cannot be written anew: ${shard.lost.join(", ")}.`,
        );
      }
      fixed.push({ file: shard.replaces, original: relative(files.base, original), changes: shard.changes });
    }
  } finally {
    close();
  }
  return fixed;
}

/** Gives the file a second name, NAME.bak, or .bak2 and so on where earlier originals are kept; returns that path. */
async function keepBeside(path: string): Promise<string> {
  let kept = `${path}.bak`;
  for (let n = 2; existsSync(kept); n++) kept = `${path}.bak${n}`;
  try {
    // A link: nothing is copied, and replacing the file leaves it as it is.
    await Deno.link(path, kept);
  } catch {
    // Not every file system has links.
    await writeWhole(kept, await Deno.readFile(path));
  }
  return kept;
}

function lines(findings: readonly Finding[], fixed: readonly Fixed[], values: ValidateValues): string[] {
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  const fixable = findings.filter((finding) => finding.fixable).length;
  return [
    ...fixed.flatMap(({ file, changes }) => changes.map((change) => `fixed    ${file}: ${change}`)),
    ...findings.map(line),
    `${count("error")} errors, ${count("warning")} warnings.` +
    (fixable > 0 && !values.fix ? ` --fix mends ${fixable} of the findings.` : ""),
  ];
}

function line(finding: Finding): string {
  return `${finding.level.padEnd(8)} ${finding.message}`;
}
