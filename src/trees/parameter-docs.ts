/** docs/parameters.md. */
import { FIXED_PARAMETERS, type FixedParameter } from "./fixed-parameters.ts";
import { LIGHTGBM_FIXED } from "./lightgbm-fixed.ts";
import { LIGHTGBM_PARAMETERS } from "./lightgbm-table.ts";
import { PARAMETERS, type ParameterSpec } from "./parameter-table.ts";

/** The page of all algorithms' parameters. */
export function parametersMarkdown(): string {
  const lines = [
    "# Parameters of the learners",
    "",
    "Made from the tables in `src/trees/`; a test compares them (run it with `-u` to write this file anew).",
    "",
    "Each algorithm has its own names, aliases and defaults; the camel case spelling of every name is accepted too. null means the default.",
    "",
    "## xgboost",
    "",
    ...Object.values(PARAMETERS).map(line),
    "",
    "### Parameters of XGBoost with one accepted value, or none",
    "",
    ...FIXED_PARAMETERS.map(fixedLine),
    "",
    "## lightgbm",
    "",
    "Trees grow leaf by leaf: of all leaves the one whose best split gains most is split next (docs/numerics.md).",
    "",
    ...Object.values(LIGHTGBM_PARAMETERS).map(line),
    "",
    "Refused, since one of them could have no effect: `bagging_fraction` below 1 with `bagging_freq` 0, and the other way round; bagging with `goss`; " +
    "`top_rate` or `other_rate` without it; `is_unbalance` with `scale_pos_weight`; shares by class with `bagging_fraction`.",
    "",
    "### Parameters of LightGBM with one accepted value, or none",
    "",
    ...LIGHTGBM_FIXED.map(fixedLine),
  ];
  return lines.join("\n") + "\n";
}

const alsoNamed = (aliases: readonly string[]): string =>
  aliases.length > 0 ? ` (also ${aliases.map((alias) => `\`${alias}\``).join(", ")})` : "";

function line({ name, aliases, range, default: value, doc }: ParameterSpec<unknown>): string {
  const fallback = value === null ? "" : ` Default ${value}.`;
  return `- \`${name}\`${alsoNamed(aliases)}: ${doc} Takes ${range}.${fallback}`;
}

function fixedLine({ name, aliases = [], accepted, reason }: FixedParameter): string {
  const taken = accepted === undefined ? "not accepted" : `only \`${accepted}\``;
  return `- \`${name}\`${alsoNamed(aliases)}: ${taken}; ${reason}.`;
}
