import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { absolutePosition, simulateGene } from "../../src/genome/gene.ts";
import { A, G, T } from "../../src/genome/nucleotides.ts";
import { drawTrack } from "../../src/genome/scores.ts";
import { selectPositions } from "../../src/genome/selection.ts";
import { pairFrequencies } from "../../src/genome/sequence.ts";
import { simulateGenes } from "../../src/genome/simulate.ts";
import { DECOY_SHARE } from "../../src/genome/statistics.ts";
import { Stream } from "../../src/numerics/random.ts";
import { same } from "./tables.ts";

const genes = [...simulateGenes({ genes: 60, seed: 1 })];
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("a simulated gene", () => {
  it("is a function of seed and number, however many genes are asked for", () => {
    const { sequence, track, rows, ...rest } = simulateGene(1, 17);
    const { sequence: _s, track: _t, rows: _r, ...known } = genes[17];
    expect(rest).toEqual(known);
    expect(same(sequence, genes[17].sequence)).toBe(true);
    expect(same(track.donor, genes[17].track.donor)).toBe(true);
    expect(same(track.acceptor, genes[17].track.acceptor)).toBe(true);
    expect(same(rows, genes[17].rows)).toBe(true);
    for (const seed of [2, 1 + 2 ** 32]) expect(same(simulateGene(seed, 17).sequence, sequence)).toBe(false);
  });

  it("has exons, sites, place and names that agree", () => {
    for (const gene of genes) {
      expect(gene.id).toBe(`SIM${String(gene.number + 1).padStart(5, "0")}`);
      expect(gene.end - gene.start + 1).toBe(gene.length);
      expect(gene.sequence.length).toBe(gene.length);
      expect([gene.exons[0].start, gene.exons.at(-1)!.end]).toEqual([0, gene.length]);
      gene.exons.forEach(({ start, end }, i) => {
        expect(end - start).toBeGreaterThanOrEqual(5);
        if (i > 0) {
          expect(start - gene.exons[i - 1].end).toBeGreaterThanOrEqual(67);
          expect(gene.sites.get(start)).toBe("acceptor");
          expect(gene.sites.get(gene.exons[i - 1].end - 1)).toBe("donor");
        }
      });
      expect(gene.sites.size).toBe(2 * (gene.exons.length - 1));
    }
    expect(new Set(genes.map(({ strand }) => strand))).toEqual(new Set(["+", "-"]));
    expect(new Set(genes.map(({ chromosome }) => chromosome)).size).toBeGreaterThan(10);
  });

  it("reads from its start on the forward strand and from its end on the reverse", () => {
    expect(absolutePosition({ strand: "+", start: 101, end: 200 }, 0)).toBe(101);
    expect(absolutePosition({ strand: "-", start: 101, end: 200 }, 0)).toBe(200);
    expect(absolutePosition({ strand: "-", start: 101, end: 200 }, 99)).toBe(101);
  });

  it("splices at GT-AG, and here and there at GC", () => {
    const seconds = [0, 0, 0, 0];
    let acceptors = 0;
    for (const { sites, sequence } of genes) {
      for (const [position, type] of sites) {
        if (type === "acceptor") {
          acceptors += Number(sequence[position - 2] === A && sequence[position - 1] === G);
        } else if (sequence[position + 1] === G) seconds[sequence[position + 2]]++;
      }
    }
    const pairs = sum(genes.map(({ sites }) => sites.size)) / 2;
    expect(acceptors / pairs).toBeGreaterThan(0.99);
    expect(seconds[T] / pairs).toBeGreaterThan(0.97);
    expect(seconds[1] / pairs).toBeGreaterThan(0.001);
    expect(seconds[1] / pairs).toBeLessThan(0.02);
  });
});

describe("simulated scores", () => {
  it("lie on the 2^-24 grid and leave a probability for neither at every position", () => {
    const grid = 2 ** 24;
    let wrong = 0;
    for (const { track: { donor, acceptor } } of genes) {
      for (let i = 0; i < donor.length; i++) {
        const [d, a] = [donor[i], acceptor[i]];
        if (!(d >= 0 && a >= 0 && d + a <= 1 && Number.isInteger(d * grid) && Number.isInteger(a * grid))) {
          wrong++;
        }
      }
    }
    expect(wrong).toBe(0);
  });

  it("give way to each other where sites crowd", () => {
    const codes = new Uint8Array(40);
    const peaks = [0, 1, 2, 3].map((i) => ({
      position: 20 + (i >> 1),
      type: i % 2 === 0 ? "donor" as const : "acceptor" as const,
      score: 0.9999,
    }));
    const { donor, acceptor } = drawTrack(codes, peaks, new Stream(1, 0));
    expect(donor.every((d, i) => d + acceptor[i] <= 1)).toBe(true);
    expect(Math.max(...donor, ...acceptor)).toBeGreaterThan(0.99);
  });

  it("err in both directions, off the sites as often as measured", () => {
    const above = DECOY_SHARE.map(() => 0);
    let missed = 0;
    let positions = 0;
    for (const { sites, track } of genes) {
      for (const [position, type] of sites) missed += Number(track[type][position] < 0.5);
      for (let i = 0; i < track.donor.length; i++) {
        if (sites.has(i)) continue;
        const best = Math.max(track.donor[i], track.acceptor[i]);
        if (best < 0.01) continue;
        DECOY_SHARE.forEach(({ score }, level) => above[level] += Number(best >= score));
      }
      positions += track.donor.length - sites.size;
    }
    const share = missed / sum(genes.map(({ sites }) => sites.size));
    expect(share).toBeGreaterThan(0.55);
    expect(share).toBeLessThan(0.8);
    DECOY_SHARE.forEach(({ share }, level) => {
      const expected = share * positions;
      // Crowded-out decoys make it up to a tenth fewer; five standard deviations either way are chance.
      expect(above[level]).toBeGreaterThan(0.9 * expected - 5 * Math.sqrt(expected));
      expect(above[level]).toBeLessThan(expected + 5 * Math.sqrt(expected));
    });
  });

  it("put decoys where a base model would: at GT and AG", () => {
    let wrong = 0;
    let decoys = 0;
    for (const { sites, track, sequence: s } of genes) {
      for (let i = 2; i < s.length - 2; i++) {
        const { donor, acceptor } = track;
        if (sites.has(i) || Math.max(donor[i], acceptor[i]) < 0.15) continue;
        decoys++;
        const canonical = donor[i] > acceptor[i]
          ? s[i + 1] === G && (s[i + 2] === T || s[i + 2] === 1)
          : s[i - 2] === A && s[i - 1] === G;
        wrong += Number(!canonical);
      }
    }
    expect(decoys).toBeGreaterThan(300);
    expect(wrong / decoys).toBeLessThan(0.02);
  });
});

describe("row selection", () => {
  it("keeps all sites and all that score 0.15, and nine further negatives for each site or false positive", () => {
    for (const { rows, sites, track, length } of genes) {
      const chosen = new Set(rows);
      expect(chosen.size).toBe(rows.length);
      expect(rows).toEqual(rows.toSorted());
      const best = (i: number) => Math.max(track.donor[i], track.acceptor[i]);
      const hard: number[] = [];
      for (let i = 0; i < length; i++) if (best(i) >= 0.15 && !sites.has(i)) hard.push(i);
      for (const position of [...sites.keys(), ...hard]) expect(chosen.has(position)).toBe(true);
      const anchors = sites.size + hard.filter((i) => best(i) >= 0.5).length;
      expect(rows.length).toBe(Math.min(length, sites.size + hard.length + 9 * anchors));
    }
  });

  it("gives every position of a gene that is smaller than what is wanted", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (length, draw) => {
      const track = { donor: new Float32Array(length), acceptor: new Float32Array(length) };
      const sites = new Set([0, draw % length, length - 1]);
      const rows = selectPositions(sites, track, new Stream(draw, 0));
      expect(rows.length).toBe(Math.min(length, 10 * sites.size));
    }));
  });
});

describe("background sequence", () => {
  it("keeps its base frequencies while pairs get rarer", () => {
    const marginal = [0.28, 0.2, 0.21, 0.31];
    const odds = marginal.map((_, i) => marginal.map((_, j) => (i === 1 && j === 2 ? 0.2 : 1)));
    const pairs = pairFrequencies(marginal, odds);
    marginal.forEach((share, i) => {
      expect(sum(pairs[i])).toBeCloseTo(share, 8);
      expect(sum(pairs.map((row) => row[i]))).toBeCloseTo(share, 8);
    });
    expect(pairs[1][2] / (marginal[1] * marginal[2])).toBeLessThan(0.3);
  });
});
