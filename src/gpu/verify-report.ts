/** What a verification found, kernel by kernel. */

/** One kernel, or what is made of kernels. */
export interface VerifyRow {
  /** Name of its file in shaders/, or what was compared. */
  readonly kernel: string;
  /** Trainings, pairs of numbers or forests that it was compared over. */
  readonly cases: number;
  readonly dispatches: number;
  /** Where it first differed from its twin: case, round, level, buffer, index, expected and found; null where it never did. */
  readonly firstDifference: string | null;
}

export interface VerifyReport {
  /** One line, such as "WebGPU, SwiftShader Device (software)". */
  readonly adapter: string;
  readonly rows: readonly VerifyRow[];
}

/** The rows that differ. */
export function differencesOf({ rows }: VerifyReport): readonly VerifyRow[] {
  return rows.filter(({ firstDifference }) => firstDifference !== null);
}

/** Collects rows while a verification runs. */
export class Tally {
  readonly #rows = new Map<
    string,
    { cases: Set<string>; dispatches: number; firstDifference: string | null }
  >();

  /** Rows appear in the order in which kernels are first named. */
  constructor(kernels: Iterable<string>) {
    for (const kernel of kernels) {
      this.#rows.set(kernel, { cases: new Set(), dispatches: 0, firstDifference: null });
    }
  }

  /** Takes what was compared of a kernel in a case. */
  add(kernel: string, name: string, dispatches: number, difference: string | null): void {
    let row = this.#rows.get(kernel);
    if (!row) this.#rows.set(kernel, row = { cases: new Set(), dispatches: 0, firstDifference: null });
    row.cases.add(name);
    row.dispatches += dispatches;
    if (difference !== null) row.firstDifference ??= `${name}: ${difference}`;
  }

  /** Of the kernels that were compared at all. */
  rows(): VerifyRow[] {
    return [...this.#rows].filter(([, { cases }]) => cases.size > 0).map((
      [kernel, { cases, dispatches, firstDifference }],
    ) => ({ kernel, cases: cases.size, dispatches, firstDifference }));
  }
}
