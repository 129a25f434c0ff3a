/** Options that several commands have. */
import type { OptionSpec } from "./option-types.ts";

export const COLUMN_OPTIONS = [
  {
    name: "gene-col",
    type: "text",
    value: "NAME",
    default: "gene_id",
    help: "Column of the gene id.",
    example: "--gene-col gene_id",
  },
  {
    name: "position-col",
    type: "text",
    value: "NAME",
    default: "position",
    help: "Column of the position in the gene.",
    example: "--position-col position",
  },
  {
    name: "chrom-col",
    type: "text",
    value: "NAME",
    default: "chrom",
    help: "Column of the chromosome.",
    example: "--chrom-col chrom",
  },
  {
    name: "donor-score-col",
    type: "text",
    value: "NAME",
    default: "donor_score",
    help: "Column of the base model's donor score.",
    example: "--donor-score-col donor_score",
  },
  {
    name: "acceptor-score-col",
    type: "text",
    value: "NAME",
    default: "acceptor_score",
    help: "Column of the base model's acceptor score.",
    example: "--acceptor-score-col acceptor_score",
  },
] as const satisfies readonly OptionSpec[];

export const LABEL_OPTION = {
  name: "label-col",
  type: "text",
  value: "NAME",
  default: "splice_type",
  help: "Column of the label: donor, acceptor, neither (any case, null, 0/1/2).",
  example: "--label-col splice_type",
} as const satisfies OptionSpec;

export const JSON_OPTION = {
  name: "json",
  type: "flag",
  neutral: true,
  help: "Print one JSON document on stdout instead of text.",
  example: "--json",
} as const satisfies OptionSpec;

export const VERBOSE_OPTION = {
  name: "verbose",
  aliases: ["v"],
  type: "flag",
  neutral: true,
  help: "Say more on stderr, with the stack of an unexpected error.",
  example: "--verbose",
} as const satisfies OptionSpec;

export const QUIET_OPTION = {
  name: "quiet",
  aliases: ["q"],
  type: "flag",
  neutral: true,
  help: "Nothing on stderr but warnings and errors.",
  example: "--quiet",
} as const satisfies OptionSpec;

export const LOG_FORMAT_OPTION = {
  name: "log-format",
  type: "choice",
  value: "FORMAT",
  choices: ["text", "json"],
  default: "text",
  neutral: true,
  help: "Form of the lines on stderr; json is one object a line, and no bars.",
  example: "--log-format json",
} as const satisfies OptionSpec;

export const LOG_OPTIONS = [
  JSON_OPTION,
  QUIET_OPTION,
  VERBOSE_OPTION,
  LOG_FORMAT_OPTION,
] as const satisfies readonly OptionSpec[];

const NO_CUDA = 'needs no vendor toolkit here: WebGPU reaches the same GPU, so use "--device webgpu"';

export const DEVICE_OPTION = {
  name: "device",
  type: "choice",
  value: "NAME",
  choices: ["auto", "webgpu", "cpu"],
  refused: { cuda: NO_CUDA, gpu: NO_CUDA },
  default: "auto",
  neutral: true,
  help:
    "Where to compute: auto takes a hardware GPU where there is one, else the CPU, and says why; webgpu takes any adapter, and never " +
    "the CPU instead. Results are the same bytes.",
  example: "--device webgpu",
} as const satisfies OptionSpec;

export const THREADS_OPTION = {
  name: "threads",
  type: "integer",
  value: "N",
  min: 1,
  max: 1024,
  neutral: true,
  help:
    "Threads of the CPU; all cores without it. They ask for the CPU, so not with --device webgpu. Results are the same bytes for any " +
    "number.",
  example: "--threads 2",
} as const satisfies OptionSpec;
