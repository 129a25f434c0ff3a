/** A thread of the CPU engine. */
import { SpliceboostError } from "../numerics/errors.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { LaneRunner } from "./run-lane.ts";
import { TeamFailed } from "./team.ts";

const scope = self as unknown as {
  onmessage: ((event: { data: ToWorker }) => void) | null;
  postMessage(message: FromWorker): void;
};

let runner: LaneRunner | null = null;

scope.onmessage = ({ data }) => {
  if (data.type === "memory") {
    runner = new LaneRunner(data.memory, true);
    return;
  }
  try {
    const rounds = runner!.rounds(data.plan, data.rank);
    let step = rounds.next();
    while (!step.done) step = rounds.next();
    scope.postMessage({ type: "done", outcome: data.rank === 0 ? step.value : null });
  } catch (error) {
    if (error instanceof TeamFailed) {
      scope.postMessage({ type: "done", outcome: null });
      return;
    }
    const kind = error instanceof SpliceboostError ? error.kind : "runtime";
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ type: "failed", kind, message });
  }
};
