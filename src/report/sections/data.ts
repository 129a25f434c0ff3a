/** What the model learned from. */
import type { Analysis } from "../../evaluation/document.ts";
import { type Block, heading, paragraph, type Section, sentenceList } from "../blocks.ts";
import { term } from "../glossary.ts";
import { markup } from "../html.ts";
import { counted, formatNumber } from "../numbers.ts";
import { factList, number, staticTable, text } from "../table.ts";
import { CLASSES } from "./names.ts";

export function dataSection({ run: { data }, sampling }: Analysis): Section {
  const { rowsByClass, chromosomes, labelSpellings, excluded } = data;
  const blocks: Block[] = [
    paragraph(
      `A row is one position of a gene. The table has ${counted(data.rows, "row")} of ${
        counted(data.genes, "gene")
      } with ${counted(data.features, "feature")}. `,
      markup`Its rows were chosen, so the shares of the classes below are those of the table, not of the genome: ${
        term("donor", "donor")
      } and ${term("acceptor", "acceptor")} sites are far rarer there.`,
    ),
    staticTable({
      columns: [
        text("class", "class"),
        number("rows", "rows", "count"),
        number("share", "share of rows", "share"),
      ],
      rows: CLASSES.map((
        name,
      ) => [name, rowsByClass[name], data.rows === 0 ? null : rowsByClass[name] / data.rows]),
    }, "Rows by class"),
    factList([
      [
        "Chromosomes",
        chromosomes.length === 0 ? "not told" : `${chromosomes.length}: ${chromosomes.join(", ")}`,
      ],
      ["Base-model scores", data.hasBaseScores ? "yes" : "no"],
      [
        "Labels read as",
        labelSpellings.map(({ spelling, label, rows }) =>
          `“${spelling}” as ${label} (${formatNumber(rows, "count")})`
        )
          .join(", "),
      ],
    ]),
  ];
  if (sampling.sentences.length > 0) {
    blocks.push(heading("What was sampled"), sentenceList(sampling.sentences));
  }
  if (excluded.length > 0) {
    blocks.push(heading("Columns that are no features"), {
      kind: "table",
      id: "excluded-columns",
      caption: `${counted(excluded.length, "column")} left out, and why`,
      table: {
        columns: [text("column", "column"), text("reason", "reason")],
        rows: excluded.map(({ name, reason }) => [name, reason]),
      },
      open: excluded.length <= 12,
    });
  }
  return { id: "data", title: "Data", blocks };
}
