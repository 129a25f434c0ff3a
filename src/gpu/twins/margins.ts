/** shaders/trees/margins.wgsl again, on the host. */
import { ROLE_VALIDATION } from "../../numerics/engine.ts";
import { logLoss } from "../../numerics/sigmoid.ts";
import { type Frame, INFO, ROW_BLOCK, STATE } from "../records.ts";
import { forGroups, type Groups, setWide, signedWords, wideAt } from "./layout.ts";

export function margins(
  frame: Frame,
  [state, info, leaf, values, , sums, metrics]: readonly Uint32Array[],
  groups: Groups,
): void {
  const margin = signedWords(sums);
  forGroups(groups, (block, lane) => {
    const s = lane * STATE.words;
    const sign = state[s + STATE.sign] | 0;
    if (sign === 0) return;
    const metric = (((state[s + STATE.round] - 1) >>> 0) % frame.ring * frame.lanes + lane) * 2;
    const end = Math.min((block + 1) * ROW_BLOCK, frame.rows);
    for (let row = block * ROW_BLOCK; row < end; row++) {
      const at = lane * frame.rows + row;
      margin[at] += sign * (values[lane * frame.maxNodes + leaf[at]] | 0);
      if (info[at] >>> INFO.roleShift !== ROLE_VALIDATION) continue;
      const loss = logLoss(margin[at], (info[at] & INFO.target) !== 0 ? 1 : 0);
      const weight = info[at] & (INFO.target - 1);
      setWide(metrics, metric, wideAt(metrics, metric) + BigInt(loss) * BigInt(weight));
    }
  });
}
