/** The WGSL that kernels share, by the name that `#import` knows it by: the files of shaders/shared. */
import blocks from "../../shaders/shared/blocks.wgsl" with { type: "text" };
import build from "../../shaders/shared/build.wgsl" with { type: "text" };
import cell from "../../shaders/shared/cell.wgsl" with { type: "text" };
import sieve from "../../shaders/shared/sieve.wgsl" with { type: "text" };
import f64 from "../../shaders/shared/f64.wgsl" with { type: "text" };
import gain from "../../shaders/shared/gain.wgsl" with { type: "text" };
import gradient from "../../shaders/shared/gradient.wgsl" with { type: "text" };
import random from "../../shaders/shared/random.wgsl" with { type: "text" };
import records from "../../shaders/shared/records.wgsl" with { type: "text" };
import scan from "../../shaders/shared/scan.wgsl" with { type: "text" };

/** Text by name. */
export const SHARED_SHADERS: Readonly<Record<string, string>> = {
  blocks,
  build,
  cell,
  f64,
  gain,
  gradient,
  random,
  records,
  scan,
  sieve,
};
