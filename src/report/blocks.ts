/** What sections are made of: prose, figures with their data, tables that can be sorted and searched. */
import type { Part } from "../evaluation/analysis.ts";
import type { Canvas } from "./charts/frame.ts";
import { type Content, Markup, markup, trusted } from "./html.ts";
import type { DataTable } from "./table.ts";

/** A chart, and the numbers it is drawn from. */
export interface Figure {
  /** Unique in the report; the name of the chart's files too. */
  readonly id: string;
  readonly title: string;
  readonly draw: (canvas: Canvas) => SVGSVGElement;
  readonly data: DataTable;
}

/** Figures of one kind side by side, below the sentences that say what they show. */
export interface FigureGroup {
  readonly kind: "figures";
  readonly caption: Content;
  readonly figures: readonly Figure[];
}

/** A table that the page's script sorts, searches and pages. */
export interface LiveTable {
  readonly kind: "table";
  readonly id: string;
  readonly caption: string;
  readonly table: DataTable;
  /** Shown at once, else behind a click. */
  readonly open: boolean;
  /** Column that it is sorted by at first, as its rows are already. */
  readonly sortedBy?: { readonly column: string; readonly descending: boolean };
  /** Name of the file that it is downloaded as, without ".csv"; the id where absent. */
  readonly file?: string;
}

export type Block = Markup | FigureGroup | LiveTable;

export interface Section {
  /** Its anchor. */
  readonly id: string;
  readonly title: string;
  /** In the list of contents, where it is shorter. */
  readonly short?: string;
  readonly blocks: readonly Block[];
}

export function figures(caption: Content, list: readonly Figure[]): FigureGroup {
  return { kind: "figures", caption, figures: list };
}

/** Sentences, or parts of them, as a paragraph: with a space between them, but before punctuation. */
export function paragraph(...content: readonly Content[]): Markup {
  const parts = content.map((part) => markup`${part}`.text.trim()).filter((part) => part !== "");
  const joined = parts.reduce((before, part) => before + (/^[,;:.)]/.test(part) ? "" : " ") + part, "")
    .trim();
  return markup`<p>${trusted(joined)}</p>`;
}

export function heading(text: string): Markup {
  return markup`<h3>${text}</h3>`;
}

/** Sentences as a list; nothing for none. */
export function sentenceList(sentences: readonly Content[]): Markup {
  return markup`${
    sentences.length > 0 && markup`<ul>${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`
  }`;
}

/** Remarks on how numbers were made, smaller than the text; nothing for none. */
export function remarks(notes: readonly string[]): Markup {
  return markup`${
    notes.length > 0 && markup`<div class="remarks">${notes.map((note) => markup`<p>${note}</p>`)}</div>`
  }`;
}

/** The blocks of a part that was done, its notes last; or the sentence that says why it was not. */
export function partBlocks<T>(part: Part<T>, blocksOf: (result: T) => readonly Block[]): readonly Block[] {
  if (part.status === "done") return [...blocksOf(part.result), remarks(part.notes)];
  const lead = part.status === "left out" ? "Left out" : "Not possible on this data";
  return [markup`<p class="absent"><strong>${lead}.</strong> ${part.reason}</p>`];
}

/** The figures of all sections, in order. */
export function figuresIn(sections: readonly Section[]): Figure[] {
  return sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => !(block instanceof Markup) && block.kind === "figures" ? block.figures : [])
  );
}
