/** What kind of failure it was; the command line turns it into its exit code. */
export type ErrorKind =
  | "runtime"
  | "usage"
  | "data"
  | "device"
  | "coverage"
  | "memory"
  | "lost"
  | "interrupted";

/** Exit codes of the command line, by kind of failure. */
export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  runtime: 1,
  usage: 2,
  data: 3,
  device: 4,
  coverage: 5,
  memory: 6,
  lost: 6,
  interrupted: 130,
};

/**
 * An error whose message says what was expected, what was found, where, and what to do.
 * Everything that spliceboost throws on purpose is one of these.
 */
export class SpliceboostError extends Error {
  /** The kind of failure, for callers that act on it. */
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "SpliceboostError";
    this.kind = kind;
  }
}

/** Shorthand for an error about what the user typed or passed. */
export function usageError(message: string): SpliceboostError {
  return new SpliceboostError("usage", message);
}

/** Shorthand for an error about a file, a column or a row. */
export function dataError(message: string, cause?: unknown): SpliceboostError {
  return new SpliceboostError("data", message, { cause });
}

/** The known name nearest to `name` by edit distance, when it is near enough to be a slip; else undefined. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(previous[j] + 1, current[j - 1] + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length];
}
