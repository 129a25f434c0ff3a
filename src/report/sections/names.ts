/** Names that several sections share. */
import type { CurveClass } from "../../evaluation/curves/types.ts";
import { colour } from "../charts/theme.ts";
import type { Maybe } from "../../evaluation/analysis.ts";

export const CLASSES = ["neither", "donor", "acceptor"] as const;

/** In the order of interest. */
export const TARGETS = ["splice", "donor", "acceptor", "neither"] as const satisfies readonly CurveClass[];

/** What a probability is about, as a heading. */
export function targetTitle(target: CurveClass): string {
  return {
    splice: "Splice site or not",
    donor: "Donor or not",
    acceptor: "Acceptor or not",
    neither: "Neither or site",
  }[
    target
  ];
}

/** Colour of a class. */
export function classColour(name: string): string {
  return name === "donor" || name === "acceptor" ? colour(name) : colour("neither");
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Mean of the numbers that are defined; null without one. */
export function meanOf(values: readonly Maybe[]): Maybe {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((a, b) => a + b, 0) / defined.length;
}

/** At most `most` items at even distances, first and last among them. */
export function thinned<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.round(i * (items.length - 1) / (most - 1))]);
}
