/** A team: the threads that train one lane together, in step. Every member runs the same program on its share. */

/** Words of a team's control block. */
const WAITING = 0;
const GENERATION = 1;
const FAILED = 2;
const STOP = 3;
export const TEAM_WORDS = 4;
/** Turns of the waiting loop before a member sleeps, and how long it sleeps at a time, ms. */
const SPINS = 2000;
const SLEEP = 50;

/** Thrown in members whose team mate failed; the mate reports the cause. */
export class TeamFailed extends Error {}

export class Team {
  readonly size: number;
  readonly rank: number;
  readonly #control: Int32Array;

  constructor(size: number, rank: number, control: Int32Array) {
    this.size = size;
    this.rank = rank;
    this.#control = control;
  }

  /** First and last (exclusive) of `count` items that this member owns, contiguous by rank. */
  range(count: number): [number, number] {
    return [Math.floor(count * this.rank / this.size), Math.floor(count * (this.rank + 1) / this.size)];
  }

  /** Returns when every member has called it; throws TeamFailed when one has failed. */
  barrier(): void {
    if (this.size === 1) return;
    const control = this.#control;
    const generation = Atomics.load(control, GENERATION);
    this.#checkMates();
    if (Atomics.add(control, WAITING, 1) === this.size - 1) {
      Atomics.store(control, WAITING, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
      return;
    }
    // Most waits are shorter than a sleep.
    for (let spin = 0; spin < SPINS && Atomics.load(control, GENERATION) === generation; spin++);
    while (Atomics.load(control, GENERATION) === generation) {
      // A mate that failed never comes: the flag is looked at before every sleep, and sleeps are bounded.
      this.#checkMates();
      Atomics.wait(control, GENERATION, generation, SLEEP);
    }
    this.#checkMates();
  }

  #checkMates(): void {
    if (Atomics.load(this.#control, FAILED)) throw new TeamFailed("another thread of the team failed");
  }

  /** Whether to stop after this round; all members get the same answer. */
  agreeToStop(asked: boolean): boolean {
    if (this.size === 1) return asked;
    if (this.rank === 0) Atomics.store(this.#control, STOP, asked ? 1 : 0);
    this.barrier();
    return Atomics.load(this.#control, STOP) === 1;
  }
}

/** Lets a team's members out of their barriers after one of them failed, or never started. */
export function failTeam(control: Int32Array): void {
  Atomics.store(control, FAILED, 1);
  Atomics.notify(control, GENERATION);
}
