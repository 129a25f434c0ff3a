/** Whole rounds of a small training, every step against its twin. */
import { checkLane } from "../numerics/check-lane.ts";
import type { BinnedMatrix } from "../numerics/matrix.ts";
import { cellFacts } from "./cell-table.ts";
import type { Gpu } from "./gpu.ts";
import { planGroup } from "./group-plan.ts";
import { type LaneGroup, openLaneGroup } from "./lane-group.ts";
import { STATE } from "./records.ts";
import type { DispatchStep } from "./round-steps.ts";
import { caseLanes, caseMatrix, type VerifyCase } from "./verify-data.ts";
import { traceSteps } from "./verify-trace.ts";

/** The lanes of a case on the device. The caller destroys the group. */
export async function openCase(
  gpu: Gpu,
  c: VerifyCase,
  matrix: BinnedMatrix = caseMatrix(c),
): Promise<LaneGroup> {
  const lanes = caseLanes(c, matrix).map((lane) => ({ lane, grid: checkLane(lane, matrix.layout) }));
  const facts = cellFacts(matrix);
  const room = { maxBinding: c.maxBinding ?? gpu.maxBinding, software: gpu.facts.software };
  const growth = lanes.map(({ lane }) => lane.parameters);
  const plan = planGroup(matrix.layout, facts.bins, lanes.length, growth, room);
  return await openLaneGroup(gpu, matrix, facts, plan, lanes.slice(0, plan.lanes));
}

/**
 * Trains a case step by step and hands each dispatch to `onDispatch`, with where it first differs from its twin; at last the trees of
 * the last round are taken back.
 */
export async function verifyRounds(
  gpu: Gpu,
  c: VerifyCase,
  onDispatch: (step: DispatchStep, difference: string | null) => void,
  atOnce: number = 1,
): Promise<void> {
  const group = await openCase(gpu, c);
  try {
    const { args, state } = group.buffers;
    const told = (where: string) => (step: DispatchStep, difference: string | null): void =>
      onDispatch(step, difference && `${where}, level ${step.frame.level}, ${difference}`);
    let round = 1;
    for (let steps = group.nextRound(); steps; steps = group.nextRound()) {
      await traceSteps(gpu, steps, args, told(`round ${round}`), atOnce);
      round++;
    }
    group.lanes.forEach((_, l) => gpu.write(state, (l * STATE.words + STATE.sign) * 4, Int32Array.of(-1)));
    await traceSteps(gpu, group.steps.addTree, args, told("taking trees back"), atOnce);
  } finally {
    group.destroy();
  }
}
