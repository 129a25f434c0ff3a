/** What the engine and its threads say to each other. */
import type { ErrorKind } from "../numerics/errors.ts";
import type { LanePlan } from "./plan.ts";
import type { LaneOutcome } from "./run-lane.ts";

export type ToWorker =
  | { readonly type: "memory"; readonly memory: WebAssembly.Memory }
  | { readonly type: "lane"; readonly plan: LanePlan; readonly rank: number };

export type FromWorker =
  | { readonly type: "done"; readonly outcome: LaneOutcome | null }
  | { readonly type: "failed"; readonly kind: ErrorKind; readonly message: string };
