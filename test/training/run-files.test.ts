/** What model_metadata.json claims of leaks is what the screen found in the features of the delivered model. */
import { describe, expect, it } from "vitest";
import { train } from "../../src/training/train.ts";
import type { TrainSettings } from "../../src/training/types.ts";
import { FakeEngine } from "./fake-engine.ts";
import { tinyDataset } from "./tiny-dataset.ts";

const { labels } = tinyDataset();
const leaky = tinyDataset({ extra: { leaky: (row) => (labels![row] > 0 ? 1 : 0) } });

async function claim(data: typeof leaky, settings: TrainSettings = {}): Promise<[unknown, string]> {
  const run = await train(data, { nEstimators: 2, nFolds: 2, engine: new FakeEngine(), ...settings });
  for await (const { path, bytes } of run.files()) {
    if (path !== "model_metadata.json") continue;
    const metadata = JSON.parse(new TextDecoder().decode(bytes));
    return [metadata.data_leakage_free, metadata.data_leakage_note];
  }
  throw new Error("expected model_metadata.json");
}

describe("data_leakage_free", () => {
  it("is what the screen measured of the delivered model's features: true, false, or null where there was none", async () => {
    const [clean, kept, leftOut, unscreened] = [
      await claim(tinyDataset()),
      await claim(leaky),
      await claim(leaky, { autoExcludeLeaky: true }),
      await claim(leaky, { checkLeakage: false }),
    ];
    expect([clean, kept, leftOut, unscreened].map(([free]) => free)).toEqual([true, false, true, null]);
    expect(clean[1]).toContain("3 features screened on 12 genes");
    expect(kept[1]).toContain(
      "of the model's features, 1 give the label away (4 features screened on 12 genes",
    );
    expect(leftOut[1]).toContain("4 features screened on 12 genes");
    expect(unscreened[1]).toContain("not screened");
  });
});
