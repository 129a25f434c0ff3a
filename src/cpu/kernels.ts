/** Instances of the WebAssembly kernels over a memory, shared or plain. */
import { PLAIN_KERNELS, SHARED_KERNELS } from "./kernels.gen.ts";

/** What the module exports; pointers and counts are u32, see src/cpu/assembly. */
export interface Kernels {
  gradients(
    first: number,
    last: number,
    role: number,
    target: number,
    margin: number,
    weight: number,
    sigmoidTable: number,
    sampleKey0: number,
    sampleKey1: number,
    threshold: bigint,
    key0: number,
    key1: number,
    bits: number,
    fine: number,
    outRows: number,
    outGh: number,
    idle: number,
  ): bigint;
  updateMargins(first: number, last: number, margin: number, leaf: number, values: number): void;
  lossSum(
    first: number,
    last: number,
    wanted: number,
    role: number,
    target: number,
    margin: number,
    weight: number,
    softplusTable: number,
  ): bigint;
  sumGh(count: number, gh: number): bigint;
  level(
    first: number,
    last: number,
    groups: number,
    pairs: number,
    pairCount: number,
    rows: number,
    gh: number,
    scratch: number,
    lane: number,
  ): void;
  partition(
    start: number,
    count: number,
    rows: number,
    gh: number,
    spareRows: number,
    spareGh: number,
    bytes: number,
    shift: number,
    sides: number,
  ): number;
  partitionIdle(
    start: number,
    count: number,
    rows: number,
    spareRows: number,
    bytes: number,
    shift: number,
    sides: number,
  ): number;
  route(
    first: number,
    last: number,
    nodes: number,
    size: number,
    sides: number,
    shift: number,
    depth: number,
    leaf: number,
    at: number,
    fine: number,
    sums: number,
  ): void;
  addTree(
    first: number,
    last: number,
    nodes: number,
    size: number,
    sides: number,
    shift: number,
    depth: number,
    leaf: number,
    at: number,
    margin: number,
    values: number,
    sign: number,
  ): void;
  quantise(
    values: number,
    count: number,
    cuts: number,
    cutCount: number,
    add: number,
    missing: number,
    out: number,
  ): void;
  predict(
    first: number,
    last: number,
    trees: number,
    nodes: number,
    values: number,
    bins: number,
    rows: number,
    at: number,
    margins: number,
  ): void;
  shapPaths(
    first: number,
    last: number,
    trees: number,
    nodes: number,
    weights: number,
    x: number,
    phi: number,
    rows: number,
    frames: number,
    start: number,
    room: number,
  ): void;
  shapBackground(
    first: number,
    last: number,
    trees: number,
    nodes: number,
    x: number,
    rowCount: number,
    backgroundCount: number,
    phi: number,
    weights: number,
    weightSize: number,
    patterns: number,
    places: number,
    numbers: number,
    gains: number,
    state: number,
  ): void;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Compiles and binds the kernels to a memory. Synchronous: the module is a few kilobytes. */
export function bindKernels(memory: WebAssembly.Memory, shared: boolean): Kernels {
  const module = new WebAssembly.Module(decode(shared ? SHARED_KERNELS : PLAIN_KERNELS));
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as Kernels;
}
