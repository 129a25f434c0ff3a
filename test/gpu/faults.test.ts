/** Errors and loss on a device that answers as the test says: real ones cannot be made to hang. */
import { describe, expect, it } from "vitest";
import { Faults } from "../../src/gpu/faults.ts";

describe("what goes wrong on a device", () => {
  /** A device whose scopes answer with `answer`, and that can be lost. */
  function fakeDevice(answer: () => Promise<GPUError | null>): { device: GPUDevice; lose: () => void } {
    let lose = (): void => {};
    const device = {
      lost: new Promise((resolve) => lose = () => resolve({ reason: "unknown", message: "unplugged" })),
      addEventListener: () => {},
      pushErrorScope: () => {},
      popErrorScope: answer,
    };
    return { device: device as unknown as GPUDevice, lose: () => lose() };
  }

  it("is waited for, the first of it kept, with its label", async () => {
    const answers: ((error: GPUError | null) => void)[] = [];
    const { device } = fakeDevice(() => new Promise((resolve) => answers.push(resolve)));
    const faults = new Faults(device, "WebGPU, Card");
    expect(faults.guard("the histograms", () => 7)).toBe(7);
    faults.guard("the scan", () => {});
    const settled = faults.settle();
    const errors = [
      null,
      { message: "no room\n - in a call" },
      { message: "wrong" },
      null,
    ] as (GPUError | null)[];
    answers.forEach((answer, i) => answer(errors[i]));
    await expect(settled).rejects.toMatchObject({
      kind: "memory",
      message: expect.stringMatching(/^the histograms: out of memory on WebGPU, Card: no room; use fewer/),
    });
    await expect(faults.settle()).rejects.toThrow("the histograms");
  });

  it("is the loss of the device where that comes after what it broke", async () => {
    const { device, lose } = fakeDevice(() => Promise.resolve(null));
    const faults = new Faults(device, "WebGPU, Card");
    const broken = faults.unlessLost("reading trees", Promise.reject(new Error("unmapped")));
    Promise.resolve().then(() => Promise.resolve()).then(lose);
    await expect(broken).rejects.toThrow("the device is lost");
    const sound = new Faults(fakeDevice(() => Promise.resolve(null)).device, "WebGPU, Card");
    await expect(sound.unlessLost("reading trees", Promise.reject(new Error("unmapped")))).rejects
      .toMatchObject({
        kind: "device",
        message: "reading trees failed on WebGPU, Card: unmapped",
      });
  });

  it("ends what would wait for ever when the device is lost", async () => {
    const { device, lose } = fakeDevice(() => new Promise(() => {}));
    const faults = new Faults(device, "WebGPU, Card");
    faults.guard("the scan", () => {});
    const waiting = [faults.settle(), faults.unlessLost("reading", new Promise(() => {}))];
    lose();
    for (const promise of [...waiting, faults.unlessLost("reading", Promise.reject(new Error("late")))]) {
      await expect(promise).rejects.toMatchObject({
        kind: "device",
        message: "the device is lost (WebGPU, Card; unknown: unplugged)",
      });
    }
    expect(await faults.lost).toBe("unknown: unplugged");
  });
});
