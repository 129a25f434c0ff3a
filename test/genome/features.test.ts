import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SCORE_FEATURES, scoreFeatures } from "../../src/genome/features.ts";
import { openReal, readColumns, readRawGenes, realDataPresent, whyAbsent } from "./tables.ts";

const named = (values: number[]): Record<string, number> =>
  Object.fromEntries(SCORE_FEATURES.map((name, i) => [name, values[i]]));

describe("score features", () => {
  it("are 40, named once each", () => {
    expect(new Set(SCORE_FEATURES).size).toBe(40);
  });

  it("follow the formulas at a donor with a competing neighbour", () => {
    const f = named(
      scoreFeatures({ donor: 0.6, acceptor: 0.1, neither: 0.3, m2: 0, m1: 0.2, p1: 0.1, p2: 0.05 }),
    );
    expect(f.relative_donor_probability).toBeCloseTo(0.6 / 0.7, 8);
    expect(f.splice_neither_diff).toBeCloseTo(0.5, 8);
    expect(f.context_neighbor_mean).toBeCloseTo(0.0875, 12);
    expect(f.context_asymmetry).toBeCloseTo(0.05, 12);
    expect(f.donor_weighted_context).toBeCloseTo(0.305, 12);
    expect(f.donor_second_derivative).toBeCloseTo(0.9, 12);
    expect([f.donor_is_local_peak, f.acceptor_is_local_peak]).toEqual([1, 0]);
    expect(f.type_signal_difference).toBeCloseTo(0.5, 12);
    expect(f.signal_strength_ratio).toBeCloseTo(0.5125 / 0.0125, 5);
  });

  it("are finite for every score, and mirror each other when donor and acceptor change places", () => {
    const score = fc.oneof(fc.constantFrom(0, 1, 2 ** -24), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(fc.property(fc.array(score, { minLength: 7, maxLength: 7 }), (s) => {
      const [donor, acceptor, neither, m2, m1, p1, p2] = s;
      const one = scoreFeatures({ donor, acceptor, neither, m2, m1, p1, p2 });
      const other = scoreFeatures({ donor: acceptor, acceptor: donor, neither, m2, m1, p1, p2 });
      expect(one.every(Number.isFinite)).toBe(true);
      expect(other.slice(14, 25)).toEqual(one.slice(25, 36));
      expect(named(other).score_difference_ratio).toBeCloseTo(-named(one).score_difference_ratio, 12);
    }));
  });
});

describe.skipIf(!realDataPresent)(`score features of real genes${whyAbsent}`, () => {
  const scores = ["donor_score", "acceptor_score", "neither_score"];
  const context = ["context_score_m2", "context_score_m1", "context_score_p1", "context_score_p2"];

  it("agree with every row of a shard of osai80, computed from the row's own scores", async () => {
    const source = await openReal("osai80/master/batch_00001.parquet");
    const real = await readColumns(source, [...scores, ...SCORE_FEATURES]);
    const worst = new Map<string, number>();
    for (let row = 0; row < source.rows; row++) {
      const at = (name: string) => Number(real[name][row]);
      const [donor, acceptor, neither] = scores.map(at);
      const [m2, m1, p1, p2] = context.map(at);
      const ours = scoreFeatures({ donor, acceptor, neither, m2, m1, p1, p2 });
      SCORE_FEATURES.forEach((name, i) => {
        // f32 rounding of the stored feature is all that may differ.
        const error = Math.abs(ours[i] - at(name)) / (1e-6 + Math.abs(at(name)));
        if (error > (worst.get(name) ?? 0)) worst.set(name, error);
      });
    }
    expect([...worst].filter(([, error]) => error > 1e-7)).toEqual([]);
  });

  it("agree with osai80 when computed from the scores of every position of 16 genes, on either strand", async () => {
    // The raw scores are rounded to four decimals, so only features linear in them can be compared.
    const linear = [
      ...context,
      "context_neighbor_mean",
      "context_asymmetry",
      "context_max",
      ...["donor", "acceptor"].flatMap((type) =>
        [
          "diff_m1",
          "diff_m2",
          "diff_p1",
          "diff_p2",
          "weighted_context",
          "second_derivative",
          "signal_strength",
        ]
          .map((name) => `${type}_${name}`)
      ),
      "type_signal_difference",
    ];
    const rows = await readColumns(await openReal("osai80/master/batch_00001.parquet"), [
      "gene_id",
      "position",
      ...linear,
    ]);
    const raw = await readColumns(await openReal("raw/scores.parquet"), [
      "contig",
      "position",
      "donor_score",
      "acceptor_score",
    ]);
    const first = new Map<unknown, number>();
    for (let i = 0; i < raw.contig.length; i++) if (raw.position[i] === 1) first.set(raw.contig[i], i);
    const genes = new Map(readRawGenes().map((gene) => [gene.id, gene]));
    expect([...genes.values()].filter(({ strand }) => strand === "-").length).toBeGreaterThan(2);
    let compared = 0;
    let worst = 0;
    for (let row = 0; row < rows.gene_id.length; row++) {
      const gene = genes.get(String(rows.gene_id[row]));
      if (!gene) continue;
      const step = gene.strand === "+" ? 1 : -1;
      const origin = first.get(gene.id)! + (step > 0 ? gene.start : gene.end) - 1;
      const index = origin + step * Number(rows.position[row]);
      const best = (offset: number) =>
        Math.max(
          Number(raw.donor_score[index + step * offset]),
          Number(raw.acceptor_score[index + step * offset]),
        );
      const donor = Number(raw.donor_score[index]);
      const acceptor = Number(raw.acceptor_score[index]);
      const ours = named(
        scoreFeatures({
          donor,
          acceptor,
          neither: 1 - donor - acceptor,
          m2: best(-2),
          m1: best(-1),
          p1: best(1),
          p2: best(2),
        }),
      );
      for (const name of linear) worst = Math.max(worst, Math.abs(ours[name] - Number(rows[name][row])));
      compared++;
    }
    expect(genes.size).toBe(16);
    expect(compared).toBe(4_680);
    expect(worst).toBeLessThan(2.1e-4);
  });
});
