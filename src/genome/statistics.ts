/**
 * Figures measured on the gene records, curated exons and 80-nt OpenSpliceAI scores of 803 LRG human genes (Locus Reference
 * Genomic, 2018).
 */
import { type QuantileTable, quantileTable } from "./quantiles.ts";

/** Frequencies of A, C, G, T. */
export type BaseFrequencies = readonly [number, number, number, number];

/** A position frequency matrix around a splice site. */
export interface MotifFrequencies {
  /** Where the first row lies, counted from the site: the last exonic base (donor), the first exonic base (acceptor). */
  readonly offset: number;
  readonly rows: readonly BaseFrequencies[];
}

export const EXONS_PER_GENE: QuantileTable = quantileTable(
  [1, 1, 2, 3, 6, 11, 18, 30, 43, 66.98, 363],
  "log",
);

/** Nucleotides. */
export const EXON_LENGTH: QuantileTable = quantileTable(
  [3, 31, 54, 67, 95, 133, 188, 331, 846.15, 3458.86, 22753],
  "log",
);

/** Nucleotides. */
export const INTRON_LENGTH: QuantileTable = quantileTable(
  [67, 80, 95, 127, 388.5, 1211, 3120, 7848.2, 14966.3, 59220.66, 682658],
  "log",
);

export const EXON_COMPOSITION: BaseFrequencies = [0.2647, 0.2411, 0.2472, 0.2469];
export const INTRON_COMPOSITION: BaseFrequencies = [0.2773, 0.2035, 0.213, 0.3063];

/** The base model's donor score at true donors. */
export const SCORE_AT_DONORS: QuantileTable = quantileTable(
  [0, 0.0008, 0.0086, 0.0245, 0.1002, 0.3538, 0.7373, 0.9395, 0.98, 0.9973, 1],
  "logit",
);

/** The base model's acceptor score at true acceptors. */
export const SCORE_AT_ACCEPTORS: QuantileTable = quantileTable(
  [0, 0.0005, 0.0058, 0.0177, 0.0866, 0.3423, 0.7358, 0.9297, 0.9731, 0.9956, 1],
  "logit",
);

/** Share of the positions that are no site whose larger score is at or above `score`; scores ascend. */
export const DECOY_SHARE: readonly { readonly score: number; readonly share: number }[] = [
  { score: 0.01, share: 0.00184185 },
  { score: 0.02, share: 0.00122884 },
  { score: 0.05, share: 0.00065226 },
  { score: 0.1, share: 0.0003659 },
  { score: 0.15, share: 0.00024413 },
  { score: 0.3, share: 0.00010252 },
  { score: 0.5, share: 3.835e-05 },
  { score: 0.8, share: 6.54e-06 },
];

/** Five exonic bases, then fifteen intronic. */
export const DONOR_MOTIF: MotifFrequencies = {
  offset: -4,
  rows: [
    [0.2899, 0.2434, 0.2124, 0.2543],
    [0.3072, 0.2727, 0.2089, 0.2112],
    [0.3431, 0.3502, 0.1843, 0.1224],
    [0.6417, 0.1115, 0.1077, 0.1391],
    [0.095, 0.0292, 0.8021, 0.0737],
    [0.0012, 0, 0.9988, 0],
    [0.0002, 0.0075, 0, 0.9923],
    [0.6053, 0.0281, 0.3367, 0.0299],
    [0.6877, 0.0768, 0.1148, 0.1208],
    [0.0894, 0.0556, 0.7795, 0.0755],
    [0.1765, 0.1492, 0.1861, 0.4883],
    [0.2988, 0.19, 0.2948, 0.2164],
    [0.2224, 0.2576, 0.2307, 0.2892],
    [0.2233, 0.2642, 0.2358, 0.2767],
    [0.2223, 0.2464, 0.2521, 0.2792],
    [0.226, 0.2448, 0.255, 0.2742],
    [0.2237, 0.2383, 0.2505, 0.2876],
    [0.2099, 0.2511, 0.2483, 0.2908],
    [0.223, 0.2511, 0.2416, 0.2843],
    [0.2242, 0.2436, 0.2456, 0.2865],
  ],
};

/** Forty intronic bases, then three exonic. */
export const ACCEPTOR_MOTIF: MotifFrequencies = {
  offset: -40,
  rows: [
    [0.2434, 0.2249, 0.2282, 0.3034],
    [0.2367, 0.2248, 0.226, 0.3125],
    [0.2373, 0.2363, 0.2209, 0.3055],
    [0.2425, 0.2348, 0.2161, 0.3066],
    [0.2441, 0.2335, 0.2179, 0.3045],
    [0.2444, 0.2376, 0.2145, 0.3034],
    [0.2421, 0.2415, 0.2051, 0.3113],
    [0.2455, 0.2377, 0.2048, 0.3119],
    [0.2369, 0.2483, 0.2, 0.3148],
    [0.2457, 0.243, 0.1887, 0.3226],
    [0.2465, 0.2321, 0.1945, 0.3269],
    [0.2425, 0.2408, 0.1897, 0.327],
    [0.2492, 0.2449, 0.1736, 0.3322],
    [0.2511, 0.2523, 0.1662, 0.3303],
    [0.2457, 0.2441, 0.1642, 0.346],
    [0.2452, 0.252, 0.1554, 0.3474],
    [0.2354, 0.2555, 0.1592, 0.3499],
    [0.2337, 0.2534, 0.1553, 0.3576],
    [0.2277, 0.2633, 0.1456, 0.3635],
    [0.2186, 0.2531, 0.1526, 0.3757],
    [0.1981, 0.2639, 0.146, 0.392],
    [0.1827, 0.2704, 0.1451, 0.4018],
    [0.1573, 0.2817, 0.1424, 0.4186],
    [0.1466, 0.2789, 0.1399, 0.4345],
    [0.141, 0.2889, 0.1338, 0.4363],
    [0.1219, 0.2947, 0.1232, 0.4603],
    [0.11, 0.2879, 0.1161, 0.486],
    [0.11, 0.279, 0.1142, 0.4968],
    [0.0981, 0.2827, 0.1103, 0.5089],
    [0.088, 0.2659, 0.0997, 0.5463],
    [0.0977, 0.2847, 0.1016, 0.516],
    [0.097, 0.3022, 0.1039, 0.4968],
    [0.1026, 0.3353, 0.1038, 0.4584],
    [0.1024, 0.3431, 0.0872, 0.4673],
    [0.0833, 0.3484, 0.062, 0.5063],
    [0.0775, 0.3054, 0.0604, 0.5567],
    [0.2415, 0.269, 0.2074, 0.2821],
    [0.0611, 0.6467, 0.0011, 0.291],
    [0.9999, 0, 0, 0.0001],
    [0, 0.001, 0.9988, 0.0003],
    [0.2609, 0.1353, 0.4928, 0.111],
    [0.2383, 0.181, 0.2155, 0.3652],
    [0.2578, 0.2464, 0.2267, 0.2691],
  ],
};
