/** What goes between a pool and its workers. */
import type { ErrorKind } from "../../numerics/errors.ts";

export type ToTaskWorker =
  /** A value that later tasks share, sent once. */
  | { readonly type: "share"; readonly id: number; readonly value: unknown }
  | { readonly type: "forget"; readonly id: number }
  /** `shared` is the id of a value sent before, or null. */
  | {
    readonly type: "run";
    readonly name: string;
    readonly payload: unknown;
    readonly shared: number | null;
  };

export type FromTaskWorker =
  | { readonly type: "done"; readonly result: unknown }
  | { readonly type: "failed"; readonly kind: ErrorKind; readonly message: string };
