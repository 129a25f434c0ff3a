import { expect } from "vitest";

/** Equal up to 1e-12; NaN and null equal NaN. */
export function expectNear(found: number, expected: number | null): void {
  if (expected === null || Number.isNaN(expected)) expect(found).toBeNaN();
  else expect(found).toBeCloseTo(expected, 12);
}
