/** The kernels of a boosting round, in the order in which they run; each is a file of shaders/trees. */
import choose from "../../shaders/trees/choose.wgsl" with { type: "text" };
import columns from "../../shaders/trees/columns.wgsl" with { type: "text" };
import compact from "../../shaders/trees/compact.wgsl" with { type: "text" };
import gradients from "../../shaders/trees/gradients.wgsl" with { type: "text" };
import grow from "../../shaders/trees/grow.wgsl" with { type: "text" };
import histogramPacked from "../../shaders/trees/histogram-packed.wgsl" with { type: "text" };
import histogramPaired from "../../shaders/trees/histogram-paired.wgsl" with { type: "text" };
import histogramPrivate from "../../shaders/trees/histogram-private.wgsl" with { type: "text" };
import histogramSerial from "../../shaders/trees/histogram-serial.wgsl" with { type: "text" };
import leaves from "../../shaders/trees/leaves.wgsl" with { type: "text" };
import margins from "../../shaders/trees/margins.wgsl" with { type: "text" };
import root from "../../shaders/trees/root.wgsl" with { type: "text" };
import route from "../../shaders/trees/route.wgsl" with { type: "text" };
import scatter from "../../shaders/trees/scatter.wgsl" with { type: "text" };
import searchExact from "../../shaders/trees/search-exact.wgsl" with { type: "text" };
import search from "../../shaders/trees/search.wgsl" with { type: "text" };
import searchSerial from "../../shaders/trees/search-serial.wgsl" with { type: "text" };
import settle from "../../shaders/trees/settle.wgsl" with { type: "text" };
import sides from "../../shaders/trees/sides.wgsl" with { type: "text" };
import sums from "../../shaders/trees/sums.wgsl" with { type: "text" };
import type { Binding, Kernel } from "./kernel.ts";

/** A kernel whose first binding is the frame; a letter a binding: r read, w write. */
function kernel(name: string, source: string, rest: string): Kernel {
  const bindings = Array.from(rest, (letter): Binding => letter === "r" ? "read" : "write");
  return { name, source, bindings: ["uniform", ...bindings] };
}

export const TREE_KERNELS = {
  gradients: kernel("gradients", gradients, "rwrrrrww"),
  root: kernel("root", root, "wwwwwww"),
  compact: kernel("compact", compact, "rrw"),
  columns: kernel("columns", columns, "rrrrrw"),
  histogramPacked: kernel("histogram-packed", histogramPacked, "rrrrrrw"),
  histogramPaired: kernel("histogram-paired", histogramPaired, "rrrrrrw"),
  histogramPrivate: kernel("histogram-private", histogramPrivate, "rrrrrrw"),
  search: kernel("search", search, "rrrrwrw"),
  searchExact: kernel("search-exact", searchExact, "rrrrwrrw"),
  settle: kernel("settle", settle, "rrrrwrw"),
  choose: kernel("choose", choose, "rrrrrww"),
  sides: kernel("sides", sides, "rrrrww"),
  grow: kernel("grow", grow, "rwwwwwww"),
  scatter: kernel("scatter", scatter, "rrrrw"),
  route: kernel("route", route, "rrrw"),
  sums: kernel("sums", sums, "rrrrrrrw"),
  leaves: kernel("leaves", leaves, "rwrwwww"),
  margins: kernel("margins", margins, "rrrrrww"),
} as const satisfies Record<string, Kernel>;

export type TreeKernel = keyof typeof TREE_KERNELS;

const histogramsSerial = kernel("histogram-serial", histogramSerial, "rrrrrrw");

/** In place of those of the same name on adapters that compute on the CPU, where these are several times as fast: same bindings, same results. */
export const SOFTWARE_KERNELS: Readonly<Partial<Record<TreeKernel, Kernel>>> = {
  histogramPacked: histogramsSerial,
  histogramPaired: histogramsSerial,
  histogramPrivate: histogramsSerial,
  search: kernel("search-serial", searchSerial, "rrrrwrw"),
};

/** Each kernel once. */
export const ALL_KERNELS: readonly Kernel[] = [
  ...new Set([...Object.values(TREE_KERNELS), ...Object.values(SOFTWARE_KERNELS)]),
];
