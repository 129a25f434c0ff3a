import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { applyCalibration, fitCalibration } from "../../../src/ensemble/calibration/calibration.ts";
import { calibratedValue, fitCalibrator } from "../../../src/ensemble/calibration/calibrator.ts";
import { calibrationInWords } from "../../../src/ensemble/calibration/describe.ts";
import { priorOfSiteRate } from "../../../src/ensemble/calibration/prior.ts";
import { CalibrationSchema } from "../../../src/ensemble/calibration/schema.ts";
import {
  type Calibration,
  CALIBRATION_METHODS,
  CALIBRATION_MODES,
} from "../../../src/ensemble/calibration/types.ts";
import { SpliceboostError } from "../../../src/numerics/errors.ts";
import { MARGIN_ONE } from "../../../src/numerics/fixed.ts";
import { knownRows } from "./inputs.ts";

const KINDS = CALIBRATION_MODES.flatMap((mode) => CALIBRATION_METHODS.map((method) => ({ mode, method })));

/** Few values, so that ties, missing classes and constant scores are common; some far out. */
const anyRows = fc.array(
  fc.record({
    label: fc.integer({ min: 0, max: 2 }),
    margins: fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(-2047, -40, -3, -1, 0, 0.5, 2, 19, 2047))),
  }),
  { minLength: 1, maxLength: 30 },
);

function asArrays(rows: readonly { label: number; margins: readonly number[] }[]) {
  return {
    labels: Uint8Array.from(rows, ({ label }) => label),
    margins: Float64Array.from(rows.flatMap(({ margins }) => margins)),
  };
}

function logLoss(probabilities: ArrayLike<number>, labels: Uint8Array): number {
  return labels.reduce((sum, label, row) => sum - Math.log(probabilities[3 * row + label]), 0) /
    labels.length;
}

describe.each(KINDS)("$mode, $method", ({ mode, method }) => {
  it("gives three probabilities that sum to one, from any rows, and survives JSON", () => {
    fc.assert(
      fc.property(anyRows, anyRows, (training, others) => {
        const { calibration } = fitCalibration({ ...asArrays(training), mode, method, prior: null });
        const read = v.parse(CalibrationSchema, JSON.parse(JSON.stringify(calibration)));
        expect(read).toEqual(calibration);
        const { margins } = asArrays(others);
        const p = applyCalibration(calibration, margins);
        expect(applyCalibration(read, margins)).toEqual(p);
        for (let row = 0; row < others.length; row++) {
          const own = p.subarray(3 * row, 3 * row + 3);
          expect(own.every((value) => value >= 0 && value <= 1)).toBe(true);
          expect(Math.abs(own[0] + own[1] + own[2] - 1)).toBeLessThan(1e-6);
        }
      }),
    );
  });

  it("never falls where the score rises", () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { margins, labels } = asArrays(rows);
        const scores = margins.filter((_, i) => i % 3 === 1);
        const isPositive = labels.map((label) => Number(label === 1));
        const { calibrator } = fitCalibrator(method, { scores, isPositive });
        const values = [...scores, -5, 0.25, 3].sort((a, b) => a - b).map((x) =>
          calibratedValue(calibrator, x)
        );
        values.forEach((value, i) =>
          expect(value).toBeGreaterThanOrEqual(values[Math.max(i - 1, 0)] - 1e-15)
        );
      }),
    );
  });

  it("undoes what makes known chances too sure, and leaves right ones alone", () => {
    const { margins, chances, labels } = knownRows(7, 150, 200);
    // Margins are distorted class by class: the splice score made of them is not quite a multiple.
    const most = logLoss(chances, labels) + (mode === "splice" ? 0.04 : 0.006);
    for (const factor of [1, 2, 0.5]) {
      const distorted = margins.map((margin) => factor * margin);
      const { calibration, notes } = fitCalibration({
        margins: distorted,
        labels,
        mode,
        method,
        prior: null,
      });
      expect(notes).toEqual([]);
      const loss = logLoss(applyCalibration(calibration, distorted), labels);
      expect(loss, `times ${factor}`).toBeLessThan(most);
      if (factor === 2) {
        const before = logLoss(distorted.map((margin) => 1 / (1 + Math.exp(-margin))), labels);
        expect(loss).toBeLessThan(before);
      }
    }
  });

  it("takes fixed-point margins for the log-odds they stand for", () => {
    const { margins, labels } = knownRows(3, 5, 40);
    const fixed = Int32Array.from(margins, (margin) => Math.round(margin * MARGIN_ONE));
    const real = Float64Array.from(fixed, (margin) => margin / MARGIN_ONE);
    const request = { labels, mode, method, prior: null };
    const { calibration } = fitCalibration({ ...request, margins: fixed });
    expect(fitCalibration({ ...request, margins: real }).calibration).toEqual(calibration);
    expect(applyCalibration(calibration, fixed)).toEqual(applyCalibration(calibration, real));
  });

  it("shifts to a prior by the ratio of shares, class by class", () => {
    const { margins, labels } = knownRows(4, 20, 100);
    const prior = { neither: 0.99, donor: 0.004, acceptor: 0.006 };
    const plain = fitCalibration({ margins, labels, mode, method, prior: null }).calibration;
    const shifted = fitCalibration({ margins, labels, mode, method, prior }).calibration;
    expect({ ...shifted, targetPrior: null }).toEqual(plain);
    const [before, after] = [applyCalibration(plain, margins), applyCalibration(shifted, margins)];
    const { neither, donor, acceptor } = plain.trainingShares;
    for (let row = 0; row < labels.length; row++) {
      const own = [
        before[3 * row] * 0.99 / neither,
        before[3 * row + 1] * 0.004 / donor,
        before[3 * row + 2] * 0.006 / acceptor,
      ];
      const sum = own[0] + own[1] + own[2];
      own.forEach((value, c) => expect(after[3 * row + c]).toBeCloseTo(value / sum, 6));
    }
  });

  it("says what was degenerate and stays finite", () => {
    const separable = {
      margins: Float64Array.of(2, -2, -2, -2, 2, -2, -2, -2, 2),
      labels: Uint8Array.of(0, 1, 2),
    };
    const noDonors = { ...separable, labels: Uint8Array.of(0, 0, 2) };
    const constant = { ...separable, margins: new Float64Array(9).fill(0.5) };
    for (const rows of [separable, noDonors, constant]) {
      const { calibration, notes } = fitCalibration({ ...rows, mode, method, prior: null });
      const p = applyCalibration(calibration, Float64Array.of(30, -30, -30, -30, 30, -30));
      expect(p.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(() => v.parse(CalibrationSchema, calibration)).not.toThrow();
      if (mode === "per-class" && rows === noDonors) {
        expect(notes).toContain(
          "calibration of donor: it was fitted on no rows of its class: it gives every row 0.200",
        );
      }
      if ((method === "platt" || method === "beta") && rows !== noDonors) {
        expect(notes[0]).toMatch(rows === constant ? /all rows have the same score/ : /separates the rows/);
      }
    }
  });
});

describe("applying a calibration", () => {
  it("keeps the donors' part of the sites in mode splice", () => {
    const { margins, labels } = knownRows(5, 10, 50);
    const { calibration } = fitCalibration({ margins, labels, mode: "splice", method: "beta", prior: null });
    const p = applyCalibration(calibration, margins);
    for (let row = 0; row < labels.length; row++) {
      const [donor, acceptor] = [1, 2].map((c) => 1 / (1 + Math.exp(-margins[3 * row + c])));
      expect(p[3 * row + 1] / (p[3 * row + 1] + p[3 * row + 2])).toBeCloseTo(donor / (donor + acceptor), 5);
    }
  });

  it("gives the shares where no class is given anything", () => {
    const nothing = { kind: "isotonic", x: [0], y: [0] } as const;
    const calibration: Calibration = {
      mode: "per-class",
      method: "isotonic",
      calibrators: [nothing, nothing, nothing],
      trainingShares: { neither: 0.5, donor: 0.25, acceptor: 0.25 },
      targetPrior: null,
    };
    expect([...applyCalibration(calibration, new Int32Array(3))]).toEqual([0.5, 0.25, 0.25]);
    const targetPrior = { neither: 0.75, donor: 0.125, acceptor: 0.125 };
    expect([...applyCalibration({ ...calibration, targetPrior }, new Int32Array(3))]).toEqual([
      0.75,
      0.125,
      0.125,
    ]);
  });

  it("keeps its bytes from release to release", () => {
    const { margins, labels } = knownRows(6, 4, 30);
    const rounded = margins.map((margin) => Math.round(margin * 64) / 64);
    const sums = KINDS.map((kind) => {
      const { calibration } = fitCalibration({ margins: rounded, labels, ...kind, prior: null });
      const bits = new Uint32Array(applyCalibration(calibration, rounded).buffer);
      return bits.reduce((hash, word) => (Math.imul(hash, 31) + word) >>> 0, 7);
    });
    expect(sums).toEqual(SUMS);
  });
});

/** Hashes of the f32 results of each kind; whoever changes them changes what models in files say. */
const SUMS = [3608398926, 1520969404, 3026506368, 3319753559, 3088326381, 1321407951, 2722498711, 557575293];

describe("a prior", () => {
  const shares = { neither: 0.9, donor: 0.06, acceptor: 0.04 };

  it("of a site rate shares sites as training does", () => {
    const prior = priorOfSiteRate(0.001, shares);
    expect(prior.neither).toBeCloseTo(0.999, 12);
    expect(prior.donor / prior.acceptor).toBeCloseTo(1.5, 12);
    expect(() => priorOfSiteRate(1, shares)).toThrow(/site rate between 0 and 1/);
    expect(() => priorOfSiteRate(0.1, { neither: 1, donor: 0, acceptor: 0 })).toThrow(/found none/);
  });

  it.each([
    [{ neither: 0.9, donor: 0.1, acceptor: 0 }, /above 0 for acceptor/],
    [{ neither: 0.9, donor: 0.1, acceptor: 0.1 }, /sums to 1/],
    [{ neither: NaN, donor: 0.1, acceptor: 0.1 }, /above 0 for neither/],
  ])("is refused where it is none", (prior, message) => {
    const { margins, labels } = knownRows(1, 5, 40);
    expect(() => fitCalibration({ margins, labels, mode: "splice", method: "platt", prior })).toThrow(
      message,
    );
  });

  it("needs rows of all classes", () => {
    const rows = { margins: new Float64Array(6), labels: Uint8Array.of(0, 1) };
    expect(() => fitCalibration({ ...rows, mode: "splice", method: "platt", prior: shares })).toThrow(
      /none of acceptor/,
    );
  });
});

describe("rows that are none", () => {
  const request = { mode: "per-class", method: "platt", prior: null } as const;
  it.each<[string, Float64Array, Uint8Array, RegExp]>([
    ["no rows", new Float64Array(), new Uint8Array(), /found none/],
    ["too few margins", new Float64Array(3), new Uint8Array(2), /expected 6 margins for 2 labels, found 3/],
    ["a label", new Float64Array(6), Uint8Array.of(0, 3), /row 1: expected a class code/],
    ["a margin", Float64Array.of(0, 0, 0, 0, NaN, 0), new Uint8Array(2), /row 1: .* of donor, found NaN/],
    ["infinity", Float64Array.of(0, 0, Infinity), new Uint8Array(1), /row 0: .* of acceptor, found Infinity/],
  ])("are refused: %s", (_, margins, labels, message) => {
    expect(() => fitCalibration({ margins, labels, ...request })).toThrow(message);
    expect(() => fitCalibration({ margins, labels, ...request })).toThrow(SpliceboostError);
  });
});

describe("the schema", () => {
  const { margins, labels } = knownRows(2, 4, 30);
  const good =
    fitCalibration({ margins, labels, mode: "per-class", method: "isotonic", prior: null }).calibration;
  const [first, ...rest] = good.calibrators;
  const withFirst = (calibrator: unknown): unknown => ({ ...good, calibrators: [calibrator, ...rest] });

  it("takes what a fit returns", () => expect(v.is(CalibrationSchema, good)).toBe(true));

  it.each<[string, unknown]>([
    ["an unknown mode", { ...good, mode: "other" }],
    ["more than is known", { ...good, more: 1 }],
    ["two calibrators", { ...good, calibrators: rest }],
    ["three in mode splice", { ...good, mode: "splice" }],
    ["shares that do not sum to one", { ...good, trainingShares: { neither: 1, donor: 1, acceptor: 0 } }],
    ["a share that is negative", { ...good, trainingShares: { neither: 1.5, donor: -0.5, acceptor: 0 } }],
    ["a prior of nothing", { ...good, targetPrior: { neither: 1, donor: 0, acceptor: 0 } }],
    ["a prior from nearly nothing", {
      ...good,
      trainingShares: { neither: 1 - 1e-300, donor: 1e-300, acceptor: 0 },
      targetPrior: { neither: 0.5, donor: 0.25, acceptor: 0.25 },
    }],
    ["an unknown calibrator", withFirst({ kind: "spline" })],
    ["a negative slope", withFirst({ kind: "sigmoid", slope: -1, intercept: 0 })],
    ["a slope without end", withFirst({ kind: "sigmoid", slope: 1e6, intercept: 0 })],
    ["an intercept that is null", withFirst({ kind: "sigmoid", slope: 1, intercept: null })],
    ["a beta that falls", withFirst({ kind: "beta", a: 1, b: -1, c: 0 })],
    ["knots that fall", withFirst({ kind: "isotonic", x: [1, 0], y: [0, 1] })],
    ["knots that are one", withFirst({ kind: "isotonic", x: [1, 1], y: [0, 1] })],
    ["values that fall", withFirst({ kind: "isotonic", x: [0, 1], y: [1, 0] })],
    ["values beyond 1", withFirst({ kind: "isotonic", x: [0, 1], y: [0, 2] })],
    ["a knot without value", withFirst({ kind: "isotonic", x: [0, 1], y: [0] })],
    ["no knots", withFirst({ kind: "isotonic", x: [], y: [] })],
    ["a knot that is null", withFirst({ kind: "isotonic", x: [null], y: [0] })],
    ["a calibrator that is null", withFirst(null)],
  ])("refuses %s", (_, value) => {
    expect(first.kind).toBe("isotonic");
    expect(v.is(CalibrationSchema, value)).toBe(false);
  });
});

describe("a calibration in words", () => {
  it("names method, mode and prior", () => {
    const { margins, labels } = knownRows(2, 4, 30);
    const prior = { neither: 0.99, donor: 0.006, acceptor: 0.004 };
    const { calibration } = fitCalibration({ margins, labels, mode: "splice", method: "platt", prior });
    expect(calibrationInWords(calibration)).toBe(
      "Platt scaling of donor + acceptor, their shares of it as the classifiers say; " +
        "for a prior of 0.99 neither, 0.006 donor, 0.004 acceptor",
    );
  });
});
