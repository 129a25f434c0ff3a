/** What every command is given besides its options. */
import type { Log } from "./log.ts";

export interface Context {
  readonly log: Log;
  /** Writes data to stdout. */
  readonly out: (text: string) => void;
  /** Whether bars may be drawn on stderr. */
  readonly bars: boolean;
}

/** Prints one JSON document on stdout. NaN, which JSON lacks, becomes null. */
export function printJson(context: Context, document: unknown): void {
  context.out(JSON.stringify(document, null, 2) + "\n");
}
