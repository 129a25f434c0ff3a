/** A simulated gene, whole: place, structure, sequence, sites, scores and chosen rows. A function of (seed, number) alone. */
import { PURPOSE, Stream } from "../numerics/random.ts";
import { drawTrack, type ScoreTrack } from "./scores.ts";
import { selectPositions } from "./selection.ts";
import { drawSequence } from "./sequence.ts";
import { plantDecoys, plantSites } from "./sites.ts";
import { drawStructure, type SiteType, type Span } from "./structure.ts";

/** Lengths of the chromosomes of GRCh38, nucleotides. */
const CHROMOSOMES: readonly (readonly [string, number])[] = [
  ["1", 248956422],
  ["2", 242193529],
  ["3", 198295559],
  ["4", 190214555],
  ["5", 181538259],
  ["6", 170805979],
  ["7", 159345973],
  ["8", 145138636],
  ["9", 138394717],
  ["10", 133797422],
  ["11", 135086622],
  ["12", 133275309],
  ["13", 114364328],
  ["14", 107043718],
  ["15", 101991189],
  ["16", 90338345],
  ["17", 83257441],
  ["18", 80373285],
  ["19", 58617616],
  ["20", 64444167],
  ["21", 46709983],
  ["22", 50818468],
  ["X", 156040895],
];
const GENOME_LENGTH = CHROMOSOMES.reduce((sum, [, length]) => sum + length, 0);

/** Which of a gene's independent streams of draws. */
const PART = { structure: 0, place: 1, sequence: 2, sites: 3, decoys: 4, track: 5, rows: 6 } as const;

/** Positions are gene-relative, 0-based, in the gene's own direction, unless said otherwise. */
export interface SimulatedGene {
  /** 0-based number in the simulation. */
  readonly number: number;
  /** "SIM00001" for number 0. */
  readonly id: string;
  readonly name: string;
  readonly chromosome: string;
  readonly strand: "+" | "-";
  /** First and last genomic position, 1-based, inclusive: end - start + 1 = length. */
  readonly start: number;
  readonly end: number;
  /** Nucleotides. */
  readonly length: number;
  readonly exons: readonly Span[];
  /** Base codes (nucleotides.ts) in the gene's direction. */
  readonly sequence: Uint8Array;
  /** True sites by position. */
  readonly sites: ReadonlyMap<number, SiteType>;
  /** The base model's scores at every position. */
  readonly track: ScoreTrack;
  /** Positions that become rows of a data set, ascending. */
  readonly rows: Int32Array;
}

/** Simulates gene `number` of the simulation with this seed; what other genes there are does not matter. */
export function simulateGene(seed: number, number: number): SimulatedGene {
  const stream = (part: number) => new Stream(seed, PURPOSE.simulate, number, part);
  const structure = drawStructure(stream(PART.structure));
  const sequence = drawSequence(structure, stream(PART.sequence));
  const peaks = plantSites(sequence, structure.sites, stream(PART.sites));
  const decoys = plantDecoys(sequence, peaks, stream(PART.decoys));
  const track = drawTrack(sequence, [...peaks, ...decoys], stream(PART.track));
  const sites = new Map(structure.sites.map(({ position, type }) => [position, type]));
  const serial = String(number + 1).padStart(5, "0");
  return {
    number,
    id: `SIM${serial}`,
    name: `SIMG${serial}`,
    ...drawPlace(structure.length, stream(PART.place)),
    length: structure.length,
    exons: structure.exons,
    sequence,
    sites,
    track,
    rows: selectPositions(sites.keys(), track, stream(PART.rows)),
  };
}

/** The genomic position (1-based) of a gene-relative one. */
export function absolutePosition(
  gene: Pick<SimulatedGene, "strand" | "start" | "end">,
  position: number,
): number {
  return gene.strand === "+" ? gene.start + position : gene.end - position;
}

/** A place on a chromosome, the longer ones likelier; genes may overlap, as real ones do. */
function drawPlace(
  length: number,
  stream: Stream,
): Pick<SimulatedGene, "chromosome" | "strand" | "start" | "end"> {
  let at = stream.nextInt(GENOME_LENGTH);
  const [chromosome, size] = CHROMOSOMES.find(([, size]) => (at -= size) < 0)!;
  const start = 1 + stream.nextInt(size - length + 1);
  return { chromosome, strand: stream.nextInt(2) === 0 ? "+" : "-", start, end: start + length - 1 };
}
