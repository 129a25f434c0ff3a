import { describe, expect, it } from "vitest";
import { code, plain } from "../../src/report/markdown.ts";
import { modelCard } from "../../src/report/model-card.ts";
import { simulatedAnalysis } from "./fixture/analysis.ts";

describe("the model card", () => {
  it("has data, limits, metrics with intervals, calibration, leaks and hashes", () => {
    const card = modelCard(simulatedAnalysis(), "osai80");
    expect(card).toMatch(/^---\nlibrary_name: spliceboost\n/);
    for (
      const title of [
        "Use and limits",
        "Data",
        "How good it is",
        "What its probabilities mean",
        "Leakage",
        "What it looks at",
        "How it was made",
      ]
    ) {
      expect(card).toContain(`## ${title}\n`);
    }
    expect(card).toContain("| macro F1 | 0.6120 (0.6000 to 0.6240) |");
    expect(card).toContain("Platt scaling");
    expect(card).toContain("`peak_height` (left out)");
    expect(card).toContain("ae02208ff375cc46fbcdadfe0c06dd72");
    expect(card).not.toMatch(/NaN|undefined|\[object/);
  });

  it("says what it cannot say", () => {
    const reason = "The data has no scores of a base model.";
    const card = modelCard({
      ...simulatedAnalysis(),
      comparison: { status: "impossible", reason },
      calibration: { status: "left out", reason: "Not asked for." },
      leakage: { status: "left out", reason: "Not screened." },
      importance: { status: "left out", reason: "Not computed." },
    });
    for (const sentence of [reason, "Not asked for.", "Not screened.", "Not computed."]) {
      expect(card).toContain(sentence);
    }
    expect(card).toContain("| macro F1 | 0.8740 |");
  });

  it("keeps names from becoming markup", () => {
    expect(plain("a|b\n# c_d <b> [x](y) `z`")).toBe("a\\|b \\# c\\_d \\<b\\> \\[x\\](y) \\`z\\`");
    expect(code("a`b``c|d")).toBe("```a`b``c\\|d```");
    expect(code("`x`")).toBe("`` `x` ``");
    const card = modelCard(simulatedAnalysis({ hostile: "\n\n# Title <script>|" }), "x\n# y");
    expect(card).not.toMatch(/^# Title/m);
    expect(card).not.toMatch(/^# y/m);
    expect(card.replace(/```[^]*?```|`[^`]*`/g, "")).not.toMatch(/(?<!\\)<script>/);
  });
});
