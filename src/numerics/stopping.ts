/** Early stopping: when to stop, and the metrics it goes by. */
import { type EarlyStopping, ROLE_VALIDATION } from "./engine.ts";

/** Follows a metric from round to round. */
export class StoppingRule {
  readonly metric: "logloss" | "aucpr";
  readonly #patience: number;
  readonly #minDelta: number;
  #best = -Infinity;
  #rounds = 0;
  /** Rounds of the model to keep. */
  bestRounds = 0;

  constructor(rule: EarlyStopping) {
    this.metric = rule.metric;
    this.#patience = rule.patience;
    this.#minDelta = rule.minDelta;
  }

  /** Takes the metric of the next round and returns it. */
  add(metric: number): number {
    this.#rounds++;
    const quality = this.metric === "logloss" ? -metric : metric;
    if (this.bestRounds === 0 || quality > this.#best + this.#minDelta) {
      this.#best = quality;
      this.bestRounds = this.#rounds;
    }
    return metric;
  }

  get stopped(): boolean {
    return this.#rounds - this.bestRounds >= this.#patience;
  }
}

/**
 * Average precision of the validation rows (the step-wise sum of recall gain times precision; rows of equal margin enter
 * together). Exact integers up to the final divisions, so the same on every engine.
 */
export function averagePrecision(
  margins: Int32Array,
  target: Uint8Array,
  role: Uint8Array,
  weights: Uint32Array | null,
): number {
  const rows: number[] = [];
  for (let row = 0; row < role.length; row++) if (role[row] === ROLE_VALIDATION) rows.push(row);
  rows.sort((a, b) => margins[b] - margins[a]);
  let positives = 0;
  let all = 0;
  let sum = 0;
  let i = 0;
  while (i < rows.length) {
    const margin = margins[rows[i]];
    let gained = 0;
    for (; i < rows.length && margins[rows[i]] === margin; i++) {
      const weight = weights ? weights[rows[i]] : 1;
      all += weight;
      if (target[rows[i]] === 1) gained += weight;
    }
    positives += gained;
    if (gained > 0) sum += gained * (positives / all);
  }
  return positives > 0 ? sum / positives : 0;
}
