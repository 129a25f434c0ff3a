/** The neighbours as a table. */
import { type CsvCell, csvText } from "../../data/csv-text.ts";
import type { NeighbourAnalysis, OffsetSummary, Spread } from "./types.ts";

const STATISTICS = ["mean", "q25", "median", "q75"] as const;
const MODELS = ["metaDonor", "metaAcceptor", "baseDonor", "baseAcceptor"] as const;
const COLUMNS = ["meta_donor", "meta_acceptor", "base_donor", "base_acceptor"] as const;

const HEADER = [
  "centre",
  "offset",
  "rows",
  "genes",
  ...COLUMNS.flatMap((model) => STATISTICS.map((statistic) => `${model}_${statistic}`)),
];

/**
 * neighbour_analysis.csv: a line for each centre and offset (nucleotides, positive downstream), with the number of rows and genes there and
 * mean, quartiles and median of each model's donor and acceptor probability. Undefined values are empty.
 */
export function neighboursCsv({ centres }: NeighbourAnalysis): string {
  const cells = (spread: Spread | null) => STATISTICS.map((statistic) => spread?.[statistic] ?? null);
  const line = (
    centre: string,
    at: OffsetSummary,
  ): CsvCell[] => [centre, at.offset, at.rows, at.genes, ...MODELS.flatMap((model) => cells(at[model]))];
  const lines = centres.flatMap(({ centre, offsets }) => offsets.map((at) => line(centre, at)));
  return csvText([HEADER, ...lines]);
}
