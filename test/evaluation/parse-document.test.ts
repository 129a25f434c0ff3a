import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAnalysis } from "../../src/evaluation/parse-document.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { emptyAnalysis } from "../cli/fake-learner.ts";
import { simulatedAnalysis } from "../report/fixture/analysis.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const whole = simulatedAnalysis({ genes: 3, features: 3, shapRows: 3 });
const empty = emptyAnalysis({ genes: ["a", "b"], rows: 9, features: ["x"], inputs: [] });

const PARTS = [
  ...["folds", "comparison", "againstRecalibrated", "curves", "thresholds", "calibration", "overconfidence"],
  ...["leakage", "shuffled", "overfitting", "holdouts", "heldOut", "neighbours", "importance", "shap"],
];

function failure(source: Uint8Array): SpliceboostError {
  try {
    parseAnalysis(source, "run/analysis.json");
  } catch (error) {
    expect(error).toBeInstanceOf(SpliceboostError);
    return error as SpliceboostError;
  }
  throw new Error("expected an error");
}

describe("analysis.json", () => {
  it.each([["with every part", whole], ["without any", empty]])(
    "%s is read as it was written",
    (_what, document) => {
      expect(parseAnalysis(bytes(document), "run/analysis.json")).toEqual(
        JSON.parse(JSON.stringify(document)),
      );
    },
  );

  it("keeps what it does not know", () => {
    const more = { ...empty, later: { x: 1 }, run: { ...empty.run, later: 2 } };
    expect(parseAnalysis(bytes(more), "run/analysis.json")).toEqual(more);
  });

  it.each([
    ["nothing", new Uint8Array(0), /^run\/analysis\.json: expected JSON text, found something else/],
    ["half of it", bytes(whole).subarray(0, 500), /expected JSON text/],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), /expected JSON text/],
    ["a list", bytes([]), /run\/analysis\.json: (the whole|format): expected/],
    ["null", bytes(null), /run\/analysis\.json: the whole: expected Object, found null/],
    [
      "a newer version",
      bytes({ ...empty, version: 2 }),
      /version: expected 1, found 2; .*run the training again/,
    ],
    [
      "another file",
      bytes({ ...empty, format: "geojson" }),
      /format: expected "spliceboost-analysis", found "geojson"/,
    ],
    ["no version of the library", bytes({ ...empty, run: {} }), /run\.libraryVersion: expected/],
    [
      "sampling of another shape",
      bytes({ ...empty, sampling: { sentences: [1] } }),
      /sampling\.sentences\.0: expected string/,
    ],
  ])("of %s is an error of the data", (_what, source, message) => {
    const error = failure(source);
    expect(error.kind).toBe("data");
    expect(error.message).toMatch(message);
  });

  it.each(PARTS)("part %s: must be there, done with a result, or have a reason", (part) => {
    for (
      const wrong of [
        undefined,
        null,
        { status: "done", notes: [] },
        { status: "done", result: {} },
        { status: "done", result: 3, notes: [] },
        { status: "left out" },
        { status: "impossible", reason: null },
        { status: "half", reason: "x" },
      ]
    ) {
      const error = failure(bytes({ ...empty, [part]: wrong }));
      expect(error.kind).toBe("data");
      expect(error.message).toContain(`run/analysis.json: ${part}`);
    }
    const impossible = { ...empty, [part]: { status: "impossible", reason: "Too few genes." } };
    expect(parseAnalysis(bytes(impossible), "x")).toEqual(impossible);
  });

  it("knows every part of the document", () => {
    const isPart = (value: unknown): boolean =>
      typeof value === "object" && value !== null && "status" in value;
    expect(Object.entries(empty).filter(([, value]) => isPart(value)).map(([name]) => name).sort())
      .toEqual([...PARTS].sort());
  });

  it("of any bytes is a document or an error of the data", () => {
    const text = JSON.stringify(empty);
    fc.assert(fc.property(fc.nat(text.length), fc.nat(40), fc.string(), (start, length, put) => {
      const source = new TextEncoder().encode(text.slice(0, start) + put + text.slice(start + length));
      try {
        expect(parseAnalysis(source, "x").version).toBe(1);
      } catch (error) {
        expect(error).toBeInstanceOf(SpliceboostError);
        expect((error as SpliceboostError).kind).toBe("data");
      }
    }));
  });
});
