import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Sha256 } from "../../src/numerics/sha256.ts";

async function platform(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

describe("Sha256", () => {
  it("equals the platform's digest, however the bytes are cut", async () => {
    await fc.assert(fc.asyncProperty(
      fc.uint8Array({ maxLength: 400 }),
      fc.array(fc.nat(400), { maxLength: 5 }),
      async (bytes, cuts) => {
        const hash = new Sha256();
        const edges = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
          bytes.length,
        ];
        for (let i = 1; i < edges.length; i++) hash.update(bytes.subarray(edges[i - 1], edges[i]));
        expect(hash.hex()).toBe(await platform(bytes));
      },
    ));
  });

  it("equals it at every length around the padding's edges", async () => {
    for (let length = 50; length < 135; length++) {
      const bytes = new Uint8Array(length).fill(length);
      expect(new Sha256().update(bytes).hex()).toBe(await platform(bytes));
    }
  });
});
