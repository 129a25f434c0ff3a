/** How the run was made: all that is needed to make it again. */
import type { Analysis } from "../../evaluation/document.ts";
import { type Block, heading, paragraph, type Section, sentenceList } from "../blocks.ts";
import { markup } from "../html.ts";
import { counted, formatBytes, formatNumber, formatSeconds } from "../numbers.ts";
import { factList, number, staticTable, text } from "../table.ts";
import type { RunFacts } from "../options.ts";
import { CLASSES } from "./names.ts";

export function runSection({ run }: Analysis, facts: RunFacts): Section {
  const { data, model, settings, notes } = run;
  const blocks: Block[] = [
    paragraph(
      "The same inputs, settings and seed give the same model, byte for byte, on any device and with any number of threads.",
    ),
    factList([
      ["Library", `spliceboost ${run.libraryVersion}`],
      ["Algorithm", run.algorithm],
      ["Seed", String(run.seed)],
      ["Model, SHA-256", markup`<code>${model.sha256}</code>`],
      ["Trees", CLASSES.map((name) => `${name} ${formatNumber(model.trees[name], "count")}`).join(", ")],
      ["Features", formatNumber(model.featureNames.length, "count")],
      ["Calibration", model.calibration ?? "none"],
      ...(facts.command === undefined ? [] : [["Command", markup`<code>${facts.command}</code>`] as const]),
      ...(facts.engine === undefined ? [] : [["Computed on", facts.engine] as const]),
      ...(facts.deviceReason === undefined ? [] : [["Why there", facts.deviceReason] as const]),
      ...(facts.runtime === undefined ? [] : [["Runtime", facts.runtime] as const]),
      ...(facts.finished === undefined ? [] : [["Finished", facts.finished] as const]),
    ]),
  ];
  const seconds = Object.entries(facts.seconds ?? {});
  if (seconds.length > 0) {
    const total = seconds.reduce((sum, [, s]) => sum + s, 0);
    blocks.push(
      heading(`Time: ${formatSeconds(total)}`),
      factList(seconds.map(([phase, s]) => [phase, formatSeconds(s)])),
    );
  }
  blocks.push(heading("Remarks of the run"), notes.length === 0 ? paragraph("None.") : sentenceList(notes));
  blocks.push(
    heading("Inputs"),
    staticTable({
      columns: [text("file", "file"), text("size", "size"), text("sha256", "SHA-256")],
      rows: data.inputs.map(({ name, bytes, sha256 }) => [name, formatBytes(bytes), sha256]),
    }, "Input files"),
    {
      kind: "table",
      id: "settings",
      caption: counted(Object.keys(settings).length, "setting"),
      table: {
        columns: [text("setting", "setting"), text("value", "value")],
        rows: Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value) ?? "–"]),
      },
      open: false,
    },
    {
      kind: "table",
      id: "model-features",
      caption: "Features of the model",
      table: {
        columns: [number("index", "index", "count"), text("feature", "feature")],
        rows: model.featureNames.map((name, i) => [i, name]),
      },
      open: false,
    },
  );
  return { id: "run", title: "The run", blocks };
}
