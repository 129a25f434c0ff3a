/** The three one-vs-rest classifiers as one model (being built). */
export interface SigmoidEnsemble {
  readonly featureNames: readonly string[];
}
