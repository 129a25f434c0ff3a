/** A calibration in words. */
import type { Calibration, CalibrationMethod } from "./types.ts";

const METHODS: Readonly<Record<CalibrationMethod, string>> = {
  platt: "Platt scaling",
  isotonic: "Isotonic regression",
  beta: "Beta calibration",
  temperature: "Temperature scaling",
};

/** Such as "Platt scaling of each class, divided by their sum; for a prior of 0.99 neither, 0.005 donor, 0.005 acceptor". */
export function calibrationInWords({ mode, method, targetPrior }: Calibration): string {
  const what = mode === "splice"
    ? "of donor + acceptor, their shares of it as the classifiers say"
    : "of each class, divided by their sum";
  const prior = targetPrior &&
    Object.entries(targetPrior).map(([name, share]) => `${Number(share.toPrecision(4))} ${name}`).join(", ");
  return `${METHODS[method]} ${what}${prior ? `; for a prior of ${prior}` : ""}`;
}
