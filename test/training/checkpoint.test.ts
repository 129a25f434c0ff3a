import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { train } from "../../src/training/train.ts";
import type { TrainingRun, TrainSettings } from "../../src/training/types.ts";
import { FakeEngine } from "./fake-engine.ts";
import { MemoryStore } from "./memory-store.ts";
import { tinyDataset } from "./tiny-dataset.ts";

const SETTINGS: TrainSettings = { nEstimators: 10, nFolds: 2, algorithmParams: { learning_rate: 0.7 } };
const EARLY: TrainSettings = { ...SETTINGS, nEstimators: 25, earlyStoppingPatience: 3, validSize: 0.2 };
const data = tinyDataset({ genes: 8 });

async function filesOf(run: TrainingRun): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const { path, bytes } of run.files()) files.set(path, bytes);
  return files;
}

/** Trains until `rounds` trees were reported, then aborts. */
async function trainAndAbort(
  settings: TrainSettings,
  store: MemoryStore,
  rounds: number,
): Promise<FakeEngine> {
  const engine = new FakeEngine();
  const controller = new AbortController();
  const aborted = train(data, {
    ...settings,
    engine,
    checkpoint: store,
    signal: controller.signal,
    onProgress: ({ phase }) => {
      const trains = phase === "cross-validation" || phase === "final";
      if (trains && engine.rounds + 1 >= rounds) controller.abort();
    },
  });
  await expect(aborted).rejects.toMatchObject({ name: "SpliceboostError", kind: "interrupted" });
  return engine;
}

describe("a run with checkpoints", () => {
  for (const [name, settings] of [["all rounds", SETTINGS], ["early stopping", EARLY]] as const) {
    it(`gives the same bytes after interruptions anywhere (${name})`, async () => {
      const engine = new FakeEngine();
      const whole = await filesOf(await train(data, { ...settings, engine }));
      const aborts = fc.array(fc.integer({ min: 1, max: engine.rounds - 20 }), {
        minLength: 1,
        maxLength: 3,
      });
      await fc.assert(
        fc.asyncProperty(aborts, async (rounds) => {
          const store = new MemoryStore();
          let spent = 0;
          for (const some of rounds) {
            if (spent + some > engine.rounds - 12) break;
            spent += (await trainAndAbort(settings, store, some)).rounds;
          }
          const last = new FakeEngine();
          const resumed = await train(data, { ...settings, engine: last, checkpoint: store });
          expect(await filesOf(resumed)).toEqual(whole);
          expect(spent + last.rounds).toBe(engine.rounds);
        }),
        { numRuns: 8 },
      );
    });
  }

  it("does not train again what is finished", async () => {
    const store = new MemoryStore();
    const first = await train(data, { ...SETTINGS, engine: new FakeEngine(), checkpoint: store });
    const engine = new FakeEngine();
    const again = await train(data, { ...SETTINGS, engine, checkpoint: store });
    expect(engine.calls).toEqual([]);
    expect(await filesOf(again)).toEqual(await filesOf(first));
  });

  it("names what differs in the checkpoint of another run, and does not use it", async () => {
    const store = new MemoryStore();
    await train(data, { ...SETTINGS, engine: new FakeEngine(), checkpoint: store });
    const settings = { ...SETTINGS, seed: 1, nEstimators: 9 };
    const run = await train(data, { ...settings, engine: new FakeEngine(), checkpoint: store });
    expect(run.notes.join()).toMatch(/not used: it is of a run with another .*nEstimators.*seed/);
    const fresh = await train(data, { ...settings, engine: new FakeEngine() });
    expect(await filesOf(run)).toEqual(await filesOf(fresh));

    const labels = data.labels!.slice();
    labels[0] = (labels[0] + 1) % 3;
    const relabelled = await train({ ...data, labels }, {
      ...settings,
      engine: new FakeEngine(),
      checkpoint: store,
    });
    expect(relabelled.notes.join()).toMatch(/a run with another data\b/);
  });

  it("clears what another run left", async () => {
    const store = new MemoryStore();
    await train(data, { ...SETTINGS, nFolds: 4, engine: new FakeEngine(), checkpoint: store });
    expect(store.files.has("fold-4-donor.safetensors")).toBe(true);
    await train(data, { ...SETTINGS, engine: new FakeEngine(), checkpoint: store });
    expect(store.files.has("fold-4-donor.safetensors")).toBe(false);
  });

  it("does not believe a changed margin", async () => {
    const store = new MemoryStore();
    const whole = await train(data, { ...SETTINGS, engine: new FakeEngine(), checkpoint: store });
    const bytes = store.files.get("fold-1-donor.safetensors")!;
    const margins = readSafetensors(bytes).tensors.get("aside_margins")!.data as Int32Array;
    // A view of the stored bytes.
    margins[0] += 1 << 20;
    const run = await train(data, { ...SETTINGS, engine: new FakeEngine(), checkpoint: store });
    expect(run.notes.join()).toMatch(/expected contents of SHA-256/);
    expect(await filesOf(run)).toEqual(await filesOf(whole));
  });

  it("uses a checkpoint whatever the thresholds", async () => {
    const store = new MemoryStore();
    await train(data, { ...SETTINGS, engine: new FakeEngine(), checkpoint: store });
    const engine = new FakeEngine();
    await train(data, { ...SETTINGS, threshold: 0.3, engine, checkpoint: store });
    expect(engine.rounds).toBe(0);
  });

  it("trains anew what is damaged, and says so", async () => {
    const store = new MemoryStore();
    const whole = await train(data, { ...SETTINGS, engine: new FakeEngine(), checkpoint: store });
    const saved = new Map(store.files);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, flip, cut) => {
        const bytes = saved.get("fold-1-donor.safetensors")!.slice();
        const place = at % bytes.length;
        bytes[place] ^= flip;
        store.files.set("fold-1-donor.safetensors", cut ? bytes.subarray(0, place) : bytes);
        const engine = new FakeEngine();
        const run = await train(data, { ...SETTINGS, engine, checkpoint: store });
        if (engine.rounds > 0) {
          expect(run.notes.join()).toMatch(/was not used: checkpoint fold-1-donor|of another run/);
        }
        if (cut) expect(engine.rounds).toBe(10);
        expect(await filesOf(run)).toEqual(await filesOf(whole));
      }),
      { numRuns: 25 },
    );
  });

  it("passes on the failure of a store", async () => {
    class FullStore extends MemoryStore {
      override save(): Promise<void> {
        return Promise.reject(new SpliceboostError("runtime", "the disk is full"));
      }
    }
    const run = train(data, { ...SETTINGS, engine: new FakeEngine(), checkpoint: new FullStore() });
    await expect(run).rejects.toThrow(/disk is full/);
  });

  it("stops before training when aborted already", async () => {
    const engine = new FakeEngine();
    const run = train(data, { ...SETTINGS, engine, signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ kind: "interrupted" });
    expect(engine.calls).toEqual([]);
  });
});
