/** The kernels' double precision: equal to the host's, and found where it is not. */
import { afterEach, describe, expect, it } from "vitest";
import { describeAdapter, openGpu } from "../../src/gpu/gpu.ts";
import { SHARED_SHADERS } from "../../src/gpu/shared-shaders.ts";
import { f64Results, isDefined, RESULTS } from "../../src/gpu/twins/f64.ts";
import { doubleAt } from "../../src/gpu/twins/layout.ts";
import { f64Pairs, verifyF64 } from "../../src/gpu/verify-f64.ts";

const PAIRS = 2 ** 14;
const adapter = await describeAdapter();
if (!adapter) {
  console.warn("no WebGPU adapter: the kernels' doubles are not tested; run the tests with npm test");
}

const library = SHARED_SHADERS as Record<string, string>;
const { f64 } = library;
afterEach(() => void (library.f64 = f64));

async function verified(): Promise<string | null> {
  const gpu = await openGpu();
  try {
    return await verifyF64(gpu, PAIRS);
  } finally {
    gpu.destroy();
  }
}

describe("pairs of doubles", () => {
  it("are such that no result is subnormal, infinite or no number, where the kernels must get it right", () => {
    const pairs = f64Pairs(PAIRS);
    const kinds = { zero: 0, tie: 0, cancelled: 0 };
    for (let i = 0; i < PAIRS; i++) {
      const pair = pairs.subarray(i * 4, i * 4 + 4);
      const [a, b] = [doubleAt(pair, 0), doubleAt(pair, 2)];
      const results = f64Results(pair);
      RESULTS.slice(0, 4).forEach((result, k) => {
        if (!isDefined(result, a, b)) return;
        const x = doubleAt(results, k * 2);
        expect(x === 0 || (Number.isFinite(x) && Math.abs(x) >= 2 ** -1022), `${result} of ${a}, ${b}`).toBe(
          true,
        );
      });
      if (a + b === 0) kinds.zero++;
      else if (Math.abs(a + b) < Math.abs(a) / 2 ** 20) kinds.cancelled++;
    }
    expect(kinds.zero).toBeGreaterThan(10);
    expect(kinds.cancelled).toBeGreaterThan(100);
  });
});

describe.skipIf(!adapter)("software doubles", () => {
  it("are the host's", async () => {
    expect(await verified()).toBeNull();
  });

  it.each([
    ["rest == 0x400u && (mantissa.y & 1u) == 1u", "rest == 0x400u", "a"],
    ["select(0u, 1u, (middle | low_low.y) != 0u)", "0u", "a \\* b"],
    ["for (var k = 0u; k < 2u; k++)", "for (var k = 0u; k < 1u; k++)", "a / b"],
    ["vec2<u32>(a.x & b.x, 0u)", "a", "a [+-] b"],
    ["select(0, 1, fraction != 0u)", "0", "a < b, floor"],
    ["wide_sub(vec2<u32>(0u, 0u), x)", "x", "from i64"],
    ["wide_less(double_order(b), double_order(a))", "double_less(b, a)", "min"],
  ])("are told where they are not: `%s` made `%s`", async (from, to, result) => {
    expect(f64).toContain(from);
    library.f64 = f64.replace(from, to);
    expect(await verified()).toMatch(
      new RegExp(`^${result}.* of a = .*: expected [0-9a-f]{8} [0-9a-f]{8}, found`),
    );
  });
});
