/** Class shares: of rows, of a population, and the shift from one to the other. */
import { CLASS_NAMES } from "../../data/dataset.ts";
import { dataError, usageError } from "../../numerics/errors.ts";
import type { ClassShares } from "./types.ts";

/** How far shares that were typed or read may sum from one. */
export const SHARE_TOLERANCE = 1e-6;
/** Least share of a prior: no ratio of shares overflows. */
export const LEAST_PRIOR = 1e-12;

/** Shares of the classes among labels (class codes), at least one. */
export function classShares(labels: Uint8Array): ClassShares {
  const counts = [0, 0, 0];
  for (const label of labels) counts[label]++;
  const [neither, donor, acceptor] = counts.map((count) => count / labels.length);
  return { neither, donor, acceptor };
}

/**
 * Shares of a population where a share `rate` of all positions are splice sites, donors and acceptors among them as in training.
 * @throws SpliceboostError (usage) unless 0 < rate < 1; (data) where training has no sites
 */
export function priorOfSiteRate(rate: number, training: ClassShares): ClassShares {
  if (!(rate > 0 && rate < 1)) throw usageError(`expected a site rate between 0 and 1, found ${rate}`);
  const sites = training.donor + training.acceptor;
  if (!(sites > 0)) throw dataError("expected donors or acceptors to share a site rate among, found none");
  return {
    neither: 1 - rate,
    donor: rate * training.donor / sites,
    acceptor: rate * training.acceptor / sites,
  };
}

/**
 * What each class is multiplied by to go from the shares of training to those of a population: target / training.
 * @throws SpliceboostError (usage) for shares that are not above 0 or do not sum to 1; (data) where a class has no rows in training
 */
export function priorFactors(training: ClassShares, target: ClassShares): ClassShares {
  let sum = 0;
  for (const name of CLASS_NAMES) {
    if (!(target[name] >= LEAST_PRIOR)) {
      throw usageError(`expected a prior above 0 for ${name}, found ${target[name]}`);
    }
    if (!(training[name] > 0)) {
      throw dataError(
        `a prior needs rows of all classes to shift from, found none of ${name}: leave the prior out`,
      );
    }
    sum += target[name];
  }
  if (!(Math.abs(sum - 1) <= SHARE_TOLERANCE)) {
    throw usageError(`expected a prior that sums to 1, found ${sum}`);
  }
  return {
    neither: target.neither / training.neither,
    donor: target.donor / training.donor,
    acceptor: target.acceptor / training.acceptor,
  };
}
