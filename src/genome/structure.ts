/** Where a simulated gene's exons lie, and the temper of the gene: how long its introns run, how rich in G and C it is. */
import type { Stream } from "../numerics/random.ts";
import { valueAt } from "./quantiles.ts";
import { EXON_LENGTH, EXONS_PER_GENE, INTRON_LENGTH } from "./statistics.ts";

/** About the longest human gene, nucleotides; a longer draw is drawn again. */
const LONGEST_GENE = 2_500_000;
/** A donor's five exonic bases and an acceptor's three need room in the gene's outer exons. */
const SHORTEST_EXON = 5;
/**
 * Added to the normal score of the exon count. A data set's sites are those of all transcripts of a gene, about 38 in the real set, while
 * the measured counts are of one transcript.
 */
const EXON_COUNT_SHIFT = 0.4;
/** Correlation of the log lengths of a gene's introns, so that genes differ in nucleotides a site as real ones do. */
const INTRON_LIKENESS = 0.4;
/** Genes of long introns are poor in G and C. */
const TILT_WITH_LENGTH = -0.45;
/** Standard deviation over genes of half the logit of the G and C content. */
const TILT_SPREAD = 0.14;

export type SiteType = "donor" | "acceptor";

/** A true splice site. */
export interface SpliceSite {
  /** The last base of an exon (donor) or the first (acceptor): gene-relative, 0-based. */
  readonly position: number;
  readonly type: SiteType;
}

/** Half-open span of gene-relative, 0-based positions. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface GeneStructure {
  /** Two or more, ascending; the first starts at 0, the last ends at `length`. */
  readonly exons: readonly Span[];
  /** Ascending. */
  readonly sites: readonly SpliceSite[];
  /** Nucleotides. */
  readonly length: number;
  /** Added to half the logit of the G and C content, the gene's mean. */
  readonly tilt: number;
}

/** Draws a gene of at least two exons: a gene without an intron has no splice site, and so no row. */
export function drawStructure(stream: Stream): GeneStructure {
  for (;;) {
    const stretch = stream.nextNormal();
    const exonCount = Math.max(
      2,
      Math.round(valueAt(EXONS_PER_GENE, stream.nextNormal() + EXON_COUNT_SHIFT)),
    );
    const exons: Span[] = [];
    let end = 0;
    for (let i = 0; i < exonCount; i++) {
      const start = i === 0 ? 0 : end + intronLength(stretch, stream);
      end = start + Math.max(SHORTEST_EXON, Math.round(valueAt(EXON_LENGTH, stream.nextNormal())));
      exons.push({ start, end });
    }
    const own = stream.nextNormal();
    if (end > LONGEST_GENE) continue;
    const tilt = TILT_SPREAD * mixed(TILT_WITH_LENGTH, stretch, own);
    return { exons, sites: sitesOf(exons), length: end, tilt };
  }
}

/** The last base of every exon but the last, the first base of every exon but the first. */
function sitesOf(exons: readonly Span[]): SpliceSite[] {
  return exons.slice(1).flatMap(({ start }, i): SpliceSite[] => [
    { position: exons[i].end - 1, type: "donor" },
    { position: start, type: "acceptor" },
  ]);
}

function intronLength(stretch: number, stream: Stream): number {
  return Math.round(valueAt(INTRON_LENGTH, mixed(Math.sqrt(INTRON_LIKENESS), stretch, stream.nextNormal())));
}

/** A standard normal of the given correlation with `shared`. */
function mixed(correlation: number, shared: number, own: number): number {
  return correlation * shared + Math.sqrt(1 - correlation * correlation) * own;
}
