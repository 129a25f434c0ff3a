import { describe, expect, it } from "vitest";
import { failTeam, Team, TEAM_WORDS, TeamFailed } from "../../src/cpu/team.ts";

const control = (): Int32Array => new Int32Array(new SharedArrayBuffer(TEAM_WORDS * 4));

describe("Team", () => {
  it("shares items out whole", () => {
    for (const [size, count] of [[1, 5], [3, 10], [7, 2], [4, 0]]) {
      const ranges = Array.from({ length: size }, (_, rank) => new Team(size, rank, control()).range(count));
      expect(ranges[0][0]).toBe(0);
      expect(ranges.at(-1)![1]).toBe(count);
      ranges.slice(1).forEach(([first], i) => expect(first).toBe(ranges[i][1]));
    }
  });

  it("lets nobody wait for a mate that has failed, before or while they wait", () => {
    const words = control();
    failTeam(words);
    expect(() => new Team(2, 0, words).barrier()).toThrow(TeamFailed);
    expect(() => new Team(2, 1, words).agreeToStop(false)).toThrow(TeamFailed);
    // A team of one has no mates.
    expect(() => new Team(1, 0, words).barrier()).not.toThrow();
  });
});
