/**
 * What a pool can be asked for: name -> pure function of (payload, shared), one line a task. Payload, shared value and
 * result go between threads, so they are structured-cloneable, and a task changes neither. A task holds its thread
 * until it returns: cut work into tasks of some 50 ms, so that a page whose own thread computes still answers.
 */
import { compareSwaps, compareWeightings } from "../comparison/measure.ts";
import { measureWeightings } from "../curves/measure.ts";
import { correlateColumns, rankColumns } from "../importance/correlation.ts";
import { rankPermuted, scorePermuted } from "../importance/permutation-tasks.ts";
import { testFeature } from "../importance/univariate.ts";
import { shuffledLabels } from "../leakage/shuffled-task.ts";
import { resampleThresholds } from "../thresholds/resample.ts";
import { targetSums } from "../calibration/gene-sums.ts";
import { weightedSums } from "../calibration/resampled-sums.ts";
import { probe } from "./probe.ts";

export const TASKS = {
  probe,
  calibrationSums: targetSums,
  calibrationResamples: weightedSums,
  compareSwaps,
  compareWeightings,
  shuffledLabels,
  curves: measureWeightings,
  thresholds: resampleThresholds,
  testFeature,
  rankColumns,
  correlateColumns,
  scorePermuted,
  rankPermuted,
} as const;

export type TaskName = keyof typeof TASKS;
export type PayloadOf<N extends TaskName> = Parameters<(typeof TASKS)[N]>[0];
/** unknown for a task of one argument. */
export type SharedOf<N extends TaskName> = (typeof TASKS)[N] extends
  (payload: never, shared: infer S) => unknown ? S : unknown;
export type ResultOf<N extends TaskName> = ReturnType<(typeof TASKS)[N]>;
