/** MODEL_CARD.md: what the model is, how good, for what, and for what not. Sections after Mitchell et al. (FAT* 2019). */
import type { Analysis } from "../evaluation/document.ts";
import { bullets, code, markdownTable, plain } from "./markdown.ts";
import { counted, formatBytes, formatDifference, formatEstimate, formatNumber } from "./numbers.ts";
import { number, text } from "./table.ts";
import { KEY_METRICS } from "./sections/folds.ts";
import { CLASSES, targetTitle } from "./sections/names.ts";
import { headline } from "./sections/verdict.ts";

/** Features named at most. */
const MOST_FEATURES = 10;

/**
 * The model card as Markdown with a YAML head as model hubs read it. Names from the data are escaped.
 * @param name of the run
 */
export function modelCard(analysis: Analysis, name = "run"): string {
  return [
    head(),
    `# Model card: ${plain(name)}\n`,
    description(analysis),
    use(),
    data(analysis),
    performance(analysis),
    calibration(analysis),
    leakage(analysis),
    features(analysis),
    making(analysis),
  ].join("\n");
}

function section(title: string, ...parts: readonly string[]): string {
  return `## ${title}\n\n${parts.filter((part) => part !== "").join("\n")}`;
}

const line = (text: string): string => `${text}\n`;

function head(): string {
  return `---
library_name: spliceboost
tags:
- splice-sites
- gradient-boosting
- tabular-classification
- biology
---
`;
}

function description({ run }: Analysis): string {
  const { model, algorithm } = run;
  const warning = run.shuffledLabels
    ? "**The labels were permuted before training: this model is a check and predicts nothing.**\n"
    : "";
  return section(
    "What it is",
    warning,
    line(
      `A splice-site meta-model: it reads the scores of a base splice-site predictor and other features of a position and gives the probabilities of ${
        CLASSES.join(", ")
      }. ` +
        `Three one-vs-rest classifiers of boosted trees (${plain(algorithm)}; ${
          CLASSES.map((name) => `${name} ${formatNumber(model.trees[name], "count")}`).join(", ")
        } trees), ${counted(model.featureNames.length, "feature")}.`,
    ),
  );
}

function use(): string {
  return section(
    "Use and limits",
    bullets([
      "Meant for research: ranking and filtering candidate splice sites of genes, from the same features made in the same way by the same base model.",
      "Not meant for clinical decisions, nor for other species, base models or annotations without judging it anew.",
      "Measured out of fold on genes the models never saw. Genes of one family are alike, so genes of new families may fare worse.",
      "The rows of the table were chosen, so precision along whole genes differs from the precision below: sites are far rarer there.",
      "The labels come from an annotation: sites that it lacks count as errors where the model finds them.",
    ]),
  );
}

function data({ run: { data } }: Analysis): string {
  return section(
    "Data",
    line(
      `${counted(data.rows, "row")} of ${counted(data.genes, "gene")}: ${
        CLASSES.map((name) => `${formatNumber(data.rowsByClass[name], "count")} ${name}`).join(", ")
      }. ` +
        (data.chromosomes.length === 0
          ? "Chromosomes are not told."
          : `Chromosomes: ${data.chromosomes.map(plain).join(", ")}.`) +
        (data.hasBaseScores ? "" : " The data has no scores of a base model."),
    ),
    markdownTable({
      columns: [text("file", "file"), text("size", "size"), text("sha256", "SHA-256")],
      rows: data.inputs.map(({ name, bytes, sha256 }) => [name, formatBytes(bytes), sha256]),
    }),
  );
}

function performance(analysis: Analysis): string {
  const { comparison, folds, heldOut } = analysis;
  const held = heldOut.status === "done"
    ? line(
      `On ${counted(heldOut.result.genes, "gene")} that were kept out of everything: macro F1 ${
        formatNumber(heldOut.result.metrics["test_macro_f1"] ?? null, "metric")
      }, splice AP ${formatNumber(heldOut.result.metrics["ap_meta"] ?? null, "metric")}.`,
    )
    : "";
  if (comparison.status === "done") {
    const { metrics, genes, rows, conclusion } = comparison.result;
    return section(
      "How good it is",
      line(
        `**${plain(headline(analysis))}**, judged on ${counted(rows, "held-out row")} of ${
          counted(genes, "gene")
        }.`,
      ),
      bullets(conclusion.sentences.map(plain)),
      line("95 % intervals count genes; p-values are Holm's, from swapping the models gene by gene."),
      markdownTable({
        columns: [
          text("metric", "metric"),
          text("base", "base model"),
          text("meta", "meta-model"),
          text("difference", "difference"),
          number("p", "p, Holm", "p"),
        ],
        rows: metrics.map(({ title, base, meta, difference, pHolm }) => [
          title,
          formatEstimate(base),
          formatEstimate(meta),
          formatDifference(difference),
          pHolm,
        ]),
      }),
      held,
    );
  }
  if (folds.status !== "done") {
    return section("How good it is", line(plain(comparison.reason)), line(plain(folds.reason)), held);
  }
  const { mean, sd, pooled } = folds.result;
  return section(
    "How good it is",
    line(plain(comparison.reason)),
    markdownTable({
      columns: [
        text("metric", "metric"),
        number("mean", "mean of folds", "metric"),
        number("sd", "sd", "metric"),
        number("pooled", "all rows", "metric"),
      ],
      rows: KEY_METRICS.map((
        [title, key],
      ) => [title, mean[key] ?? null, sd[key] ?? null, pooled[key] ?? null]),
    }),
    held,
  );
}

function calibration({ run: { model }, calibration, overconfidence }: Analysis): string {
  const { prior } = model;
  const meaning = prior === null
    ? "Its probabilities hold for rows chosen as those of its table."
    : `Its probabilities are given for rows of which ${
      CLASSES.map((name) => `${formatNumber(prior[name], "share")} are ${name}`).join(", ")
    }, and for rows chosen as those of its table.`;
  const lead = model.calibration === null ? "Not calibrated." : `Calibrated by ${plain(model.calibration)}.`;
  if (calibration.status !== "done") {
    const sentences = overconfidence.status === "done"
      ? overconfidence.result.sentences
      : [calibration.reason];
    return section("What its probabilities mean", line(`${lead} ${meaning}`), bullets(sentences.map(plain)));
  }
  const delivered = calibration.result.models[calibration.result.models.length - 1];
  return section(
    "What its probabilities mean",
    line(`${lead} ${meaning}`),
    bullets(delivered.targets.flatMap(({ finding }) => finding.sentences.slice(0, 1)).map(plain)),
    markdownTable({
      columns: [
        text("question", "question"),
        text("ece", "expected calibration error"),
        number("chance", "by chance", "metric"),
        text("slope", "slope"),
        text("brier", "Brier score"),
      ],
      rows: delivered.targets.map(({ target, equalMass: { ece }, slope, brier }) => [
        targetTitle(target),
        formatEstimate(ece),
        ece.byChance,
        formatEstimate(slope, "general"),
        formatEstimate(brier.brier),
      ]),
    }),
  );
}

function leakage({ leakage }: Analysis): string {
  if (leakage.status !== "done") return section("Leakage", line(plain(leakage.reason)));
  const { all, finalLeftOut } = leakage.result;
  const leftOut = new Set(finalLeftOut.map(({ feature }) => feature));
  const leaks = all.features.filter(({ verdict }) => verdict === "leak");
  return section(
    "Leakage",
    line(
      `${counted(all.features.length, "feature")} screened on ${
        counted(all.genes, "gene")
      } for value patterns that give the label away: ${
        leaks.length === 0 ? "none found." : `${counted(leaks.length, "leak")} found.`
      }`,
    ),
    bullets(
      leaks.map(({ feature, reason }) =>
        `${code(feature)} (${leftOut.has(feature) ? "left out" : "kept"}): ${plain(reason)}`
      ),
    ),
  );
}

function features({ importance }: Analysis): string {
  if (importance.status !== "done") return section("What it looks at", line(plain(importance.reason)));
  const ranked = importance.result.features.flatMap(({ name, permutation }) => {
    const estimate = permutation?.logLoss.estimate;
    return estimate && estimate.value !== null ? [{ name, estimate, value: estimate.value }] : [];
  }).sort((a, b) => b.value - a.value).slice(0, MOST_FEATURES);
  return section(
    "What it looks at",
    line(
      "Rise of the log-loss on held-out genes when a feature's values are shuffled, 95 % intervals over folds:",
    ),
    bullets(ranked.map(({ name, estimate }) => `${code(name)}: ${formatDifference(estimate)}`)),
  );
}

function making({ run }: Analysis): string {
  return section(
    "How it was made",
    line(
      `spliceboost ${plain(run.libraryVersion)}, seed ${run.seed}. Model, SHA-256: ${
        code(run.model.sha256)
      }. The same inputs, settings and seed give the same model, byte for byte.`,
    ),
    bullets(run.notes.map(plain)),
    line("Settings:"),
    "```json",
    JSON.stringify(run.settings, null, 1).replaceAll("```", "\\u0060\\u0060\\u0060") + "\n```\n",
    line("The whole judgement is in report.html and analysis.json."),
  );
}
