/** The words of the field that the report uses, each explained in a sentence or two. */
import { type Markup, markup } from "./html.ts";

const ENTRIES = {
  "acceptor": ["Acceptor site", "The first base of an exon: where splicing joins the exon on."],
  "ap": [
    "Average precision (AP)",
    "The area under the precision-recall curve: 1 where every true site ranks above all other rows; the share of sites where ranking is random.",
  ],
  "auc": [
    "ROC AUC",
    "The chance that a true site ranks above a row that is none: 1 is perfect, 0.5 is guessing. Mild where sites are rare; average precision is stricter.",
  ],
  "base": ["Base model", "The splice-site predictor whose scores are in the data, taken as they are."],
  "brier": ["Brier score", "Mean squared distance between probabilities and what was true: 0 is perfect."],
  "calibration": [
    "Calibration",
    "Probabilities mean what they say: of the rows given 0.8, 80 % are sites. Said of the rows in the table, not of the genome.",
  ],
  "donor": ["Donor site", "The last base of an exon: where splicing cuts the exon's end."],
  "ece": [
    "Expected calibration error (ECE)",
    "Mean distance between predicted probability and observed share, over bins of rows. Sampling alone makes it larger than 0, so it stands beside what chance would give.",
  ],
  "error": [
    "False positive, false negative",
    "A row called a splice site that is none; a true site that was not called.",
  ],
  "f1": ["F1", "Harmonic mean of precision and recall: 1 is perfect, 0 is useless."],
  "fold": [
    "Fold",
    "A part of the genes, held out in turn: the models of a fold train on the genes of all other folds and are judged on its own.",
  ],
  "gain": [
    "Gain",
    "How much a feature's splits lowered the training loss. Says what the model used, not what would be lost without it.",
  ],
  "interval": [
    "95 % interval over genes",
    "Genes are drawn again at random, with their rows, many times; the interval holds the middle 95 % of what comes out. Rows of a gene are alike, so rows are never taken as independent.",
  ],
  "leakage": [
    "Leakage",
    "A feature that knows the answer because of how the table was made, such as a value set on true sites only. It would not be there on new genes.",
  ],
  "logloss": [
    "Log-loss",
    "The mean surprise at the true class, in nats: 0 is perfect; confident errors cost much. Lower is better.",
  ],
  "logodds": [
    "Log odds",
    "ln(p / (1 − p)): 0 is even odds, 2.2 is 90 %, −2.2 is 10 %. Contributions of features add up on this scale.",
  ],
  "macrof1": [
    "Macro F1",
    "Mean of the F1 of the classes neither, donor and acceptor, each counting the same however rare.",
  ],
  "meta": [
    "Meta-model",
    "The model this run trained: it reads the base model's scores and other features of a position.",
  ],
  "mi": [
    "Mutual information",
    "How many bits the feature's value tells about the class, by itself: 0 is nothing.",
  ],
  "nested": [
    "Honest value",
    "The threshold is chosen on the genes of the other folds and judged on the fold's own genes, so it is not flattered by its choice.",
  ],
  "overfitting": [
    "Overfitting",
    "The model knows its training genes by heart: it does well on them and no better, or worse, on genes it never saw.",
  ],
  "permutation": [
    "Permutation importance",
    "A feature's values are shuffled among held-out rows; what the predictions lose is what the model needed the feature for.",
  ],
  "p": [
    "p-value (Holm)",
    "How often a difference at least this large would come from swapping the two models at random, gene by gene; raised for the number of metrics looked at.",
  ],
  "pr": [
    "Precision, recall",
    "Precision: share of called sites that are true. Recall: share of true sites that are called.",
  ],
  "prgain": [
    "Precision-recall-gain",
    "Precision and recall rescaled so that 0 is calling everything a site and 1 is perfect; areas can be averaged (Flach and Kull 2015).",
  ],
  "rescued": [
    "Rescued, introduced",
    "An error of the base model that the meta-model does not make; an error of the meta-model that the base model does not make.",
  ],
  "roc": ["ROC curve", "Share of true sites called against share of other rows called, over all thresholds."],
  "shap": [
    "SHAP value",
    "What a feature's value adds to the log odds of one position, shared out fairly among all features (Shapley values).",
  ],
  "threshold": [
    "Threshold",
    "A row is called a splice site where its probability of being one (donor + acceptor) is at or above it.",
  ],
  "topk": [
    "Top-k",
    "Take as many best-scoring rows as there are true sites: the share that are true. By gene: done in each gene, then averaged.",
  ],
} as const satisfies Record<string, readonly [title: string, meaning: string]>;

export type Term = keyof typeof ENTRIES;

/** Words in a sentence that lead to their entry: its title, in lower case, where none are given. */
export function term(id: Term, words?: string): Markup {
  const [title, meaning] = ENTRIES[id];
  return markup`<a class="term" href="#term-${id}" title="${meaning}">${words ?? lowered(title)}</a>`;
}

/** Within a sentence; acronyms stay as they are. */
function lowered(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** All entries, by title. */
export function glossaryList(): Markup {
  const entries = Object.entries(ENTRIES).sort(([, [a]], [, [b]]) => a < b ? -1 : 1);
  return markup`<dl class="glossary">${
    entries.map(([id, [title, meaning]]) =>
      markup`<div id="term-${id}"><dt>${title}</dt><dd>${meaning}</dd></div>`
    )
  }</dl>`;
}
