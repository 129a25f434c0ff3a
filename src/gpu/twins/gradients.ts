/** shaders/trees/gradients.wgsl again, on the host. */
import { gridUnits } from "../../numerics/gradient.ts";
import { rowDraw } from "../../numerics/random.ts";
import { type Frame, LIST_WORDS, ROW_BLOCK, STATE } from "../records.ts";
import { fineGradient } from "./fine-gradient.ts";
import { forGroups, type Groups, laneAt, signedWords } from "./layout.ts";

export function gradients(
  frame: Frame,
  [parameters, state, keys, info, margins, , list, counts]: readonly Uint32Array[],
  groups: Groups,
): void {
  forGroups(groups, (block, lane) => {
    const s = lane * STATE.words;
    const p = laneAt(parameters, lane);
    const own = ((state[s + STATE.round] % frame.ring) * frame.lanes + lane) * 4;
    const key = keys.subarray(own, own + 4);
    const active = state[s + STATE.active] !== 0;
    const end = active ? Math.min((block + 1) * ROW_BLOCK, frame.rows) : 0;
    let kept = 0;
    for (let row = block * ROW_BLOCK; row < end; row++) {
      const from = lane * frame.rows + row;
      const fine = fineGradient(p, key, row, info[from], signedWords(margins)[from]);
      if (!fine) continue;
      const draw = rowDraw(key[2], key[3], row);
      const g = fine.sign * gridUnits(fine.magnitude, draw, p.bits);
      const h = gridUnits(fine.hessian, draw, p.bits);
      if (g === 0) continue;
      list.set([row, g, h], (lane * frame.rows + block * ROW_BLOCK + kept) * LIST_WORDS);
      state[s + STATE.g] += g;
      state[s + STATE.h] += h;
      kept++;
    }
    counts[lane * frame.maxBlocks + block] = kept;
  });
}
