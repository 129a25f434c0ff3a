/** Lines on stderr: what is said, at which level, in which form. stdout is for data alone. */
import process from "node:process";

export type Level = "detail" | "info" | "warning" | "error";

export interface LogOptions {
  /** Warnings and errors only. */
  readonly quiet?: boolean;
  /** Details too. */
  readonly verbose?: boolean;
  readonly format?: "text" | "json";
  /** Takes whole lines, with their newline. */
  readonly write?: (line: string) => void;
}

/** Writes lines to stderr; progress bars may take the lines over while they are drawn. */
export class Log {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly format: "text" | "json";
  readonly #write: (line: string) => void;
  #through: ((line: string) => void) | null = null;

  constructor(options: LogOptions = {}) {
    this.quiet = options.quiet ?? false;
    this.verbose = options.verbose ?? false;
    this.format = options.format ?? "text";
    this.#write = options.write ?? writeStderr;
  }

  /** Shown with --verbose. */
  detail(text: string): void {
    if (this.verbose && !this.quiet) this.#line("detail", text);
  }

  /** Shown unless --quiet. */
  info(text: string): void {
    if (!this.quiet) this.#line("info", text);
  }

  /** Always shown. */
  warn(text: string): void {
    this.#line("warning", this.format === "json" ? text : `Note: ${text}`);
  }

  /** Always shown. */
  error(text: string): void {
    this.#line("error", this.format === "json" ? text : `Error: ${text}`);
  }

  /** Sends lines elsewhere until called with null. */
  divert(through: ((line: string) => void) | null): void {
    this.#through = through;
  }

  #line(level: Level, text: string): void {
    const line = this.format === "json"
      ? JSON.stringify({ time: new Date().toISOString(), level, message: text })
      : text;
    (this.#through ?? this.#write)(line + "\n");
  }
}

/** Whether bars may be drawn on stderr: a terminal that is neither dumb nor a CI log. */
export function canDrawBars(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  return isTerminal && environment.TERM !== "dumb" && !environment.CI;
}

/** Writes text to stdout, whole. A reader that went away is no error: it has what it wanted. */
export function writeStdout(text: string): void {
  writeAll(Deno.stdout, text);
}

/** Whether stderr is a terminal, and how wide. */
export function stderrColumns(): number {
  return process.stderr.columns ?? 80;
}

function writeStderr(text: string): void {
  writeAll(Deno.stderr, text);
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
