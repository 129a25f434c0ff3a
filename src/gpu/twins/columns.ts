/** shaders/trees/columns.wgsl again, on the host. */
import { allowedAfter, sampleColumns } from "../../numerics/column-sample.ts";
import { maskOf } from "../column-masks.ts";
import { type Frame, STATE } from "../records.ts";
import { featuresOf, forGroups, type Groups, laneAt, levelMaskAt, liveNodes, nodeAt } from "./layout.ts";

export function columns(
  frame: Frame,
  [parameters, state, masks, interactions, paths, nodeMasks]: readonly Uint32Array[],
  groups: Groups,
): void {
  const firstGroup = frame.columns + 1;
  const constraints = Array.from(
    { length: frame.groups },
    (_, group) => featuresOf(interactions, firstGroup + group * frame.maskWords, frame.columns),
  );
  forGroups(groups, (index, lane) => {
    if (index >= liveNodes(frame, state, lane)) return;
    const { maskSet, seed } = laneAt(parameters, lane);
    const path = (nodeAt(frame, frame.level, lane, index)) * frame.maskWords;
    const allowed = allowedAfter(new Set(frame.groups > 0 ? featuresOf(paths, path, frame.columns) : []), {
      interactions: frame.groups > 0 ? constraints : null,
    });
    const reachable = featuresOf(masks, levelMaskAt(frame, state, lane, maskSet), frame.columns)
      .filter((feature) => allowed?.has(feature) ?? true);
    // A fraction that draws just as many as the table says.
    const fraction = (interactions[reachable.length] + 0.5) / reachable.length;
    const round = state[lane * STATE.words + STATE.round];
    const drawn = sampleColumns(reachable, fraction, seed, round, frame.level + 1, index + 1);
    nodeMasks.set(maskOf(drawn, frame.maskWords), (lane * frame.maxWidth + index) * frame.maskWords);
  });
}
