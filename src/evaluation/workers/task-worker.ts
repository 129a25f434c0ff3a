/** A thread of a task pool. */
import { SpliceboostError } from "../../numerics/errors.ts";
import type { FromTaskWorker, ToTaskWorker } from "./messages.ts";
import { TASKS } from "./tasks.ts";

const scope = self as unknown as {
  onmessage: ((event: { data: ToTaskWorker }) => void) | null;
  postMessage(message: FromTaskWorker, transfer?: Transferable[]): void;
};

const shared = new Map<number, unknown>();

scope.onmessage = ({ data }) => {
  if (data.type === "share") shared.set(data.id, data.value);
  else if (data.type === "forget") shared.delete(data.id);
  else {
    try {
      const task = TASKS[data.name as keyof typeof TASKS] as (payload: unknown, shared: unknown) => unknown;
      const result = task(data.payload, data.shared === null ? undefined : shared.get(data.shared));
      scope.postMessage({ type: "done", result });
    } catch (error) {
      const kind = error instanceof SpliceboostError ? error.kind : "runtime";
      const message = error instanceof Error ? error.message : String(error);
      scope.postMessage({ type: "failed", kind, message });
    }
  }
};
