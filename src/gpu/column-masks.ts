/**
 * Columns that may be split on as bit masks: by round, set (lanes of the same columns that draw alike) and level. Twin of what the CPU
 * engine draws level by level.
 */
import type { GrowthParameters, Lane } from "../numerics/engine.ts";
import { laneColumns, sampleColumns } from "../numerics/column-sample.ts";

/** A bit per column. */
export function maskOf(columns: Iterable<number>, words: number): Uint32Array {
  const mask = new Uint32Array(words);
  for (const column of columns) mask[column >>> 5] |= 1 << (column & 31);
  return mask;
}

/** A lane with the round it is at when the training begins. */
export interface StartedLane {
  readonly lane: Lane;
  readonly round: number;
}

/** The masks of lanes that are trained together. */
export class ColumnMasks {
  readonly words: number;
  readonly #levels: number;
  /** One lane of each set, with the columns that it may split on. */
  readonly #sets: readonly (StartedLane & { readonly own: readonly number[] })[];
  /** The set of each lane. */
  readonly setOf: Uint32Array;
  /** Whether the masks differ from round to round. */
  readonly sampled: boolean;

  constructor(lanes: readonly StartedLane[], columns: number, levels: number) {
    this.words = Math.max(1, Math.ceil(columns / 32));
    this.#levels = levels;
    this.sampled = lanes.some(({ lane: { parameters: p } }) =>
      p.colsampleBytree < 1 || p.colsampleBylevel < 1
    );
    const sets: (StartedLane & { readonly own: readonly number[] })[] = [];
    const known = new Map<string, number>();
    this.setOf = Uint32Array.from(lanes, (started) => {
      const { seed, parameters: p } = started.lane;
      const own = laneColumns(started.lane, columns);
      const drawn = this.sampled ? `${seed} ${started.round} ${p.colsampleBytree} ${p.colsampleBylevel}` : "";
      const key = `${drawn}; ${own.length < columns ? own : "all"}`;
      let set = known.get(key);
      if (set === undefined) {
        known.set(key, set = sets.length);
        sets.push({ ...started, own });
      }
      return set;
    });
    this.#sets = sets;
  }

  /** Draws of a column that `fill` makes for a round. */
  get draws(): number {
    if (!this.sampled) return 0;
    const draws = this.#sets.map(({ own, lane: { parameters: p } }) =>
      own.length * ((p.colsampleBytree < 1 ? 1 : 0) + (p.colsampleBylevel < 1 ? this.#levels : 0))
    );
    return draws.reduce((sum, own) => sum + own, 0);
  }

  /** Strides in words: by round, set and level; 0 where the masks are the same. */
  get strides(): { readonly round: number; readonly set: number; readonly level: number } {
    if (!this.sampled) return { round: 0, set: this.words, level: 0 };
    const set = this.#levels * this.words;
    return { round: this.#sets.length * set, set, level: this.words };
  }

  /** Words of `rounds` rounds. */
  size(rounds: number): number {
    return this.sampled ? rounds * this.strides.round : this.#sets.length * this.words;
  }

  /** Writes the masks of `rounds` rounds, of which `done` have gone before, to their places in a ring of so many rounds. */
  fill(ring: Uint32Array, size: number, done: number, rounds: number): void {
    const { strides } = this;
    this.#sets.forEach(({ lane, round: first, own }, set) => {
      if (!this.sampled) {
        ring.set(maskOf(own, this.words), set * strides.set);
        return;
      }
      for (let round = first + done; round < first + done + rounds; round++) {
        const at = (round % size) * strides.round + set * strides.set;
        levelSamples(lane.parameters, own, lane.seed, round, this.#levels).forEach((columns, level) =>
          ring.set(maskOf(columns, this.words), at + level * strides.level)
        );
      }
    });
  }
}

/** The columns of each level of a round's tree. */
function levelSamples(
  p: GrowthParameters,
  own: readonly number[],
  seed: number,
  round: number,
  levels: number,
): (readonly number[])[] {
  const columns = sampleColumns(own, p.colsampleBytree, seed, round, 0, 0);
  return Array.from(
    { length: levels },
    (_, level) => sampleColumns(columns, p.colsampleBylevel, seed, round, level + 1, 0),
  );
}

/** Whether nodes have masks of their own. */
export function perNode(p: GrowthParameters): boolean {
  return p.colsampleBynode < 1 || p.interactions !== null;
}

/** Interaction groups as the kernels count them: a constraint without groups is one empty group, since none at all leaves all columns free. */
export function interactionGroups({ interactions }: GrowthParameters): readonly (readonly number[])[] {
  if (!interactions) return [];
  return interactions.length > 0 ? interactions : [[]];
}

/** How many of n columns a node draws, n = 0 .. columns, then a mask for each interaction group. */
export function interactionWords(p: GrowthParameters, columns: number, words: number): Uint32Array {
  const groups = interactionGroups(p);
  const table = new Uint32Array(columns + 1 + groups.length * words);
  for (let n = 0; n <= columns; n++) {
    table[n] = p.colsampleBynode >= 1 ? n : Math.max(1, Math.floor(p.colsampleBynode * n));
  }
  groups.forEach((group, g) => table.set(maskOf(group, words), columns + 1 + g * words));
  return table;
}
