/** Genes with a planted signal, its copy, noise and a feature that no model uses; and models of three folds that split on them. */
import { Stream } from "../../../src/numerics/random.ts";
import { classifiersOf, sampleOf, stump } from "./models.ts";

export const PERMUTED = { signal: "donor_signal", copy: "donor_copy", noise: "noise", idle: "idle" } as const;

const FOLDS = 3;
const ONE = 2 ** 20; // a margin of 1

const stream = new Stream(17, 99);
const labels = Uint8Array.from({ length: 60 * 40 }, (_, row) => row % 10 === 0 ? 1 : row % 10 === 5 ? 2 : 0);
const signal = Float32Array.from(labels, (label) => (label === 1 ? 2 : 0) + stream.nextNormal());
const acceptor = Float32Array.from(labels, (label) => (label === 2 ? 2 : 0) + stream.nextNormal());
const noise = Float32Array.from(labels, () => stream.nextNormal());
const idle = Float32Array.from(labels, () => stream.nextInt(4));

export const plantedSample = sampleOf(
  {
    [PERMUTED.signal]: signal,
    [PERMUTED.copy]: signal.slice(),
    [PERMUTED.noise]: noise,
    [PERMUTED.idle]: idle,
    acceptor_signal: acceptor,
  },
  labels,
  40,
  FOLDS,
);

export const plantedModels = Array.from({ length: FOLDS }, (_, fold) =>
  classifiersOf(plantedSample.names, {
    neither: [stump(0, 1, ONE, -ONE), stump(1, 1, ONE, -ONE), stump(4, 1, ONE, -2 * ONE)],
    donor: [
      stump(0, 1, -2 * ONE, ONE, 6 + fold),
      stump(1, 1.5, -ONE, ONE, 3),
      stump(2, fold / 4, -ONE / 4, ONE / 4, 1),
    ],
    acceptor: [stump(4, 1, -3 * ONE, ONE)],
  }));
