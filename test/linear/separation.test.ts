/** Classes that a hyperplane parts: seen, said, never diverging. */
import { describe, expect, it } from "vitest";
import { fitLogistic } from "../../src/linear/fit-logistic.ts";
import { coefficientsOf, draw } from "./draw.ts";

describe("separated classes", () => {
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const target = rows.map((i) => i < 20 ? 0 : 1);
  const noise = Float32Array.from(rows, (i) => (i * 7) % 11);

  it.each([1, 0.01])("are seen without a penalty, coefficients finite (%s)", (scale) => {
    const fit = fitLogistic({
      columns: [Float32Array.from(rows, (i) => scale * i), noise],
      target,
      options: { penalty: "none" },
    });
    expect(fit).toMatchObject({ converged: false, separated: "complete" });
    expect(Math.max(...coefficientsOf(fit).map(Math.abs))).toBeLessThan(1000);
  });

  it.each([1e-4, 1e-6, 1e-9])("are seen where rows lie on the plane, at tol %s", (tol) => {
    // Where the first column is 0 both classes are; where it is 1 one alone.
    const first = Float32Array.from(rows, (i) => i >= 30 ? 1 : 0);
    const mixed = rows.map((i) => i >= 30 ? 1 : i % 2);
    const fit = fitLogistic({ columns: [first, noise], target: mixed, options: { penalty: "none", tol } });
    expect(fit).toMatchObject({ converged: false, separated: "quasi-complete" });
    expect(Math.max(...coefficientsOf(fit).map(Math.abs))).toBeLessThan(1000);
  });

  it("are not seen where one row lies across", () => {
    const across = target.map((y, i) => i === 12 ? 1 : i === 30 ? 0 : y);
    const fit = fitLogistic({
      columns: [Float32Array.from(rows), noise],
      target: across,
      options: { penalty: "none" },
    });
    expect(fit).toMatchObject({ converged: true, separated: null });
  });

  it("are a remark with a penalty, and not seen under one that keeps rows on the wrong side", () => {
    const columns = [Float32Array.from(rows), noise];
    for (const penalty of ["l2", "l1"]) {
      expect(fitLogistic({ columns, target, options: { penalty, C: 1000 } })).toMatchObject({
        converged: true,
        separated: "complete",
      });
    }
    const lopsided = rows.map((i) => i < 36 ? 0 : 1);
    expect(fitLogistic({ columns, target: lopsided, options: { C: 0.001 } })).toMatchObject({
      converged: true,
      separated: null,
    });
  });

  it("are seen with more features than rows", () => {
    const { columns, target: any } = draw(3, 20, 30);
    expect(fitLogistic({ columns, target: any, options: { penalty: "none" } }).separated).toBe("complete");
  });
});
