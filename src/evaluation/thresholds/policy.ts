/** Probabilities to classes by thresholds. */
import { usageError } from "../../numerics/errors.ts";
import type { PolicyThresholds } from "./types.ts";

/** Which of its thresholds a policy calls by: the global one where it has one, else those of both types; null where neither. */
export function policyRule({ global, donor, acceptor }: PolicyThresholds): "global" | "class" | null {
  if (global !== null) return "global";
  return donor !== null && acceptor !== null ? "class" : null;
}

/**
 * Class codes by a policy. With a global threshold, a row is a site where donor + acceptor (rounded to f32, as in the metrics) is at or
 * above it. Without, a row is a donor where its donor probability is at or above the donor threshold, an acceptor likewise. A site that could
 * be either is the one of the higher probability, a donor where they are equal. All other rows are neither. Thresholds are rounded to f32.
 * @param probabilities (n, 3) row-major, neither/donor/acceptor
 * @returns Class code per row (n).
 * @throws SpliceboostError (usage) where the policy has neither a global threshold nor both of the types
 */
export function applyPolicy(policy: PolicyThresholds, probabilities: Float32Array): Uint8Array {
  const rule = policyRule(policy);
  if (rule === null) {
    throw usageError(
      "The threshold policy cannot call sites: expected a global threshold, or one for donors and one for acceptors. " +
        "Choose another policy, or give the thresholds in a file.",
    );
  }
  if (probabilities.length % 3 !== 0) {
    throw usageError(`Expected three probabilities a row, found ${probabilities.length} numbers.`);
  }
  const cuts = [policy.global, policy.donor, policy.acceptor].map((threshold) =>
    Math.fround(threshold ?? NaN)
  );
  const codes = new Uint8Array(probabilities.length / 3);
  for (let row = 0; row < codes.length; row++) {
    const donor = probabilities[3 * row + 1];
    const acceptor = probabilities[3 * row + 2];
    const isSite = Math.fround(donor + acceptor) >= cuts[0];
    const isDonor = rule === "global" ? isSite : donor >= cuts[1];
    const isAcceptor = rule === "global" ? isSite : acceptor >= cuts[2];
    if (isDonor && (!isAcceptor || donor >= acceptor)) codes[row] = 1;
    else if (isAcceptor) codes[row] = 2;
  }
  return codes;
}
