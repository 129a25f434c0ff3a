/** What the report is told beside the analysis. */

/** Where and how fast the run was made, as manifest.json has it; all of it may be absent. */
export interface RunFacts {
  /** What computed, e.g. "CPU, 2 threads". */
  readonly engine?: string;
  /** Why it was chosen. */
  readonly deviceReason?: string;
  /** e.g. "Deno 2.9.5, linux x86_64". */
  readonly runtime?: string;
  /** Date and time, as it is to be read. */
  readonly finished?: string;
  readonly command?: string;
  /** By phase. */
  readonly seconds?: Readonly<Record<string, number>>;
}

export interface ReportOptions {
  /** Name of the run, such as its folder's; "run" where absent. */
  readonly name?: string;
  readonly facts?: RunFacts;
  /** Where charts are drawn; the page's own, or linkedom's outside of browsers, where absent. */
  readonly document?: Document;
}
