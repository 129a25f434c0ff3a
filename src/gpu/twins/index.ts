/** The twin of each tree kernel; one without does not compile. */
import type { TreeKernel } from "../tree-kernels.ts";
import { choose } from "./choose.ts";
import { columns } from "./columns.ts";
import { compact } from "./compact.ts";
import { gradients } from "./gradients.ts";
import { grow } from "./grow.ts";
import { histogram } from "./histogram.ts";
import type { Accept, Twin } from "./layout.ts";
import { leaves } from "./leaves.ts";
import { margins } from "./margins.ts";
import { root } from "./root.ts";
import { route } from "./route.ts";
import { scatter } from "./scatter.ts";
import { acceptBest, search, searchExact } from "./search.ts";
import { settle } from "./settle.ts";
import { sides } from "./sides.ts";
import { sums } from "./sums.ts";

export { type Accept, firstDifference, type Groups, type Twin } from "./layout.ts";

export const TWINS: Readonly<Record<TreeKernel, Twin>> = {
  gradients,
  root,
  compact,
  columns,
  histogramPacked: histogram,
  histogramPaired: histogram,
  histogramPrivate: histogram,
  search,
  searchExact,
  settle,
  choose,
  sides,
  grow,
  scatter,
  route,
  sums,
  leaves,
  margins,
};

/** Kernels that may differ from their twins in what they leave in their last buffer, and within which limits. */
export const ACCEPTS: Readonly<Partial<Record<TreeKernel, Accept>>> = { search: acceptBest };
