import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composition } from "../../src/genome/composition.ts";
import { countKmers, kmerNames, WINDOW_HALF } from "../../src/genome/kmers.ts";
import { encodeBases, reverseComplement } from "../../src/genome/nucleotides.ts";
import { openReal, readColumns, readRawGenes, realDataPresent, whyAbsent } from "./tables.ts";

function count(letters: string, k: number): Record<string, number> {
  const counts = new Float64Array(4 ** k);
  countKmers(encodeBases(letters), 0, letters.length, k, counts);
  return Object.fromEntries(kmerNames(k).map((name, i) => [name, counts[i]]).filter(([, n]) => n !== 0));
}

const letters = fc.string({ unit: fc.constantFrom("A", "C", "G", "T", "N"), maxLength: 80 });

describe("k-mers", () => {
  it("are named in alphabetical order", () => {
    const names = kmerNames(3);
    expect(names.length).toBe(64);
    expect([names[0], names[1], names[63]]).toEqual(["3mer_AAA", "3mer_AAC", "3mer_TTT"]);
    expect([...names].sort()).toEqual(names);
  });

  it("are counted as a substring search counts them, those with N left out", () => {
    fc.assert(fc.property(letters, fc.integer({ min: 1, max: 5 }), (text, k) => {
      const expected: Record<string, number> = {};
      for (let i = 0; i + k <= text.length; i++) {
        const word = text.slice(i, i + k);
        if (!word.includes("N")) expected[`${k}mer_${word}`] = (expected[`${k}mer_${word}`] ?? 0) + 1;
      }
      expect(count(text, k)).toEqual(expected);
    }));
  });

  it("take either case and RNA, and add to counts from an offset", () => {
    expect(count("acguR", 2)).toEqual({ "2mer_AC": 1, "2mer_CG": 1, "2mer_GT": 1 });
    const counts = new Float64Array(20).fill(1);
    countKmers(encodeBases("TT"), 0, 2, 2, counts, 4);
    expect(counts[19]).toBe(2);
    expect(counts.slice(0, 19).every((n) => n === 1)).toBe(true);
  });

  it("refuse sizes that no table could hold", () => {
    for (const k of [0, 7, 2.5, Number.NaN]) expect(() => kmerNames(k)).toThrow(/1 to 6, found/);
  });

  it("of the other strand are the reversed complements", () => {
    fc.assert(fc.property(letters, (text) => {
      const codes = encodeBases(text);
      expect(reverseComplement(reverseComplement(codes))).toEqual(codes);
    }));
    expect(reverseComplement(encodeBases("AACGN"))).toEqual(encodeBases("NCGTT"));
  });
});

describe("composition", () => {
  it("counts G and C among known bases and measures entropy in bits", () => {
    const of = (text: string) => composition(encodeBases(text), 0, text.length);
    expect(of("ACGT")).toEqual({ gcContent: 0.5, sequenceLength: 4, sequenceComplexity: 2 });
    expect(of("AAAA")).toEqual({ gcContent: 0, sequenceLength: 4, sequenceComplexity: 0 });
    expect(of("GGAANNNN")).toEqual({ gcContent: 0.5, sequenceLength: 8, sequenceComplexity: 1 });
    expect(of("NN")).toEqual({ gcContent: 0, sequenceLength: 2, sequenceComplexity: 0 });
  });
});

describe.skipIf(!realDataPresent)(`windows of real genes${whyAbsent}`, () => {
  it("give osai80's k-mer counts, G and C content, length and complexity, on either strand", async () => {
    const names = kmerNames(3);
    const rows = await readColumns(await openReal("osai80/master/batch_00001.parquet"), [
      "gene_id",
      "position",
      "gc_content",
      "sequence_length",
      "sequence_complexity",
      ...names,
    ]);
    const genes = new Map(
      readRawGenes().map(({ id, letters, start, end, strand }) => {
        const codes = encodeBases(letters);
        return strand === "+"
          ? [id, { sequence: codes, origin: start - 1 }]
          : [id, { sequence: reverseComplement(codes), origin: codes.length - end }];
      }),
    );
    const counts = new Float64Array(64);
    let compared = 0;
    let wrong = 0;
    for (let row = 0; row < rows.gene_id.length; row++) {
      const gene = genes.get(String(rows.gene_id[row]));
      if (!gene) continue;
      const centre = gene.origin + Number(rows.position[row]);
      const [start, end] = [centre - WINDOW_HALF, centre + WINDOW_HALF];
      counts.fill(0);
      countKmers(gene.sequence, start, end, 3, counts);
      const window = composition(gene.sequence, start, end);
      const same = names.every((name, i) => counts[i] === rows[name][row]) &&
        Math.fround(window.gcContent) === rows.gc_content[row] &&
        window.sequenceLength === rows.sequence_length[row] &&
        Math.abs(window.sequenceComplexity - Number(rows.sequence_complexity[row])) < 1e-6;
      if (!same) wrong++;
      compared++;
    }
    expect(compared).toBe(4_680);
    expect(wrong).toBe(0);
  });
});
