/** The WGSL that kernels share, by the name that `#import` knows it by: the files of shaders/shared. */
import f64 from "../../shaders/shared/f64.wgsl" with { type: "text" };
import gain from "../../shaders/shared/gain.wgsl" with { type: "text" };

/** Text by name. */
export const SHARED_SHADERS: Readonly<Record<string, string>> = { f64, gain };
