/** The report of a run: one HTML file that needs nothing else. */
import type { Analysis } from "../evaluation/document.ts";
import { type Figure, figuresIn, type Section } from "./blocks.ts";
import { canvasFor } from "./canvas.ts";
import type { ReportOptions, RunFacts } from "./options.ts";
import { sectionMarkup } from "./page/markup.ts";
import { pageText } from "./page/shell.ts";
import { calibrationSection } from "./sections/calibration.ts";
import { comparisonSection } from "./sections/comparison.ts";
import { curvesSection } from "./sections/curves.ts";
import { dataSection } from "./sections/data.ts";
import { foldsSection } from "./sections/folds.ts";
import { genesSection } from "./sections/gene-figures.ts";
import { holdoutSection } from "./sections/holdout.ts";
import { importanceSection } from "./sections/importance.ts";
import { leakageSection } from "./sections/leakage.ts";
import { neighboursSection } from "./sections/neighbours.ts";
import { overfittingSection } from "./sections/overfitting.ts";
import { runSection } from "./sections/run.ts";
import { shapSection } from "./sections/shap.ts";
import { thresholdsSection } from "./sections/thresholds.ts";
import { headline, verdictSection } from "./sections/verdict.ts";

/**
 * report.html: text, styles, script, charts and their data in one file that loads nothing. The same analysis and options give the
 * same text. About 1 to 3 MB for hundreds of genes; the table of genes grows with their number, 150 bytes each.
 */
export async function renderReport(analysis: Analysis, options: ReportOptions = {}): Promise<string> {
  const canvas = await canvasFor(options.document);
  const sections = reportSections(analysis, options.facts);
  const { body, tables } = sectionMarkup(sections, canvas);
  return pageText({
    title: headline(analysis),
    name: options.name ?? "run",
    sections,
    body,
    tables,
  });
}

/** All charts of the report, in order. */
export function reportFigures(analysis: Analysis): Figure[] {
  return figuresIn(reportSections(analysis));
}

function reportSections(analysis: Analysis, facts: RunFacts = {}): Section[] {
  return [
    verdictSection(analysis),
    dataSection(analysis),
    foldsSection(analysis),
    comparisonSection(analysis),
    curvesSection(analysis),
    calibrationSection(analysis),
    thresholdsSection(analysis),
    leakageSection(analysis),
    overfittingSection(analysis),
    holdoutSection(analysis),
    neighboursSection(analysis),
    importanceSection(analysis),
    shapSection(analysis),
    genesSection(analysis),
    runSection(analysis, facts),
  ];
}
