/** shaders/trees/sums.wgsl again, on the host. */
import { type Frame, ROW_BLOCK, STATE } from "../records.ts";
import { fineGradient } from "./fine-gradient.ts";
import { forGroups, type Groups, laneAt, setWide, signedWords, wideAt } from "./layout.ts";

export function sums(
  frame: Frame,
  [parameters, state, keys, info, margins, , leaf, totals]: readonly Uint32Array[],
  groups: Groups,
): void {
  const add = (at: number, x: number): void => setWide(totals, at, wideAt(totals, at) + BigInt(x));
  forGroups(groups, (block, lane) => {
    const s = lane * STATE.words;
    if (state[s + STATE.active] === 0) return;
    const p = laneAt(parameters, lane);
    const own = ((state[s + STATE.round] % frame.ring) * frame.lanes + lane) * 4;
    const key = keys.subarray(own, own + 4);
    const end = Math.min((block + 1) * ROW_BLOCK, frame.rows);
    for (let row = block * ROW_BLOCK; row < end; row++) {
      const from = lane * frame.rows + row;
      const fine = fineGradient(p, key, row, info[from], signedWords(margins)[from]);
      if (!fine) continue;
      const at = (lane * frame.maxNodes + leaf[from]) * 4;
      add(at, fine.sign * fine.magnitude);
      add(at + 2, fine.hessian);
    }
  });
}
