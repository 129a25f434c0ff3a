/** The device layer on whatever adapter there is: what it counts, what it refuses, and what it says when things go wrong. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { describeAdapter, type Gpu, type GpuBuffer, openGpu } from "../../src/gpu/gpu.ts";
import type { Kernel } from "../../src/gpu/kernel.ts";
import { addUp } from "../../src/gpu/profile.ts";

const facts = await describeAdapter();
if (!facts) {
  console.warn("no WebGPU adapter: the tests of the device layer are skipped; run them with npm test");
}

/** out[i] += in[i] * FACTOR. */
const ADD: Kernel = {
  name: "add",
  bindings: ["read", "write"],
  source: `override FACTOR: u32 = 1u;
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&sums)) {
    sums[id.x] += source[id.x] * FACTOR;
  }
}
`,
};

describe.skipIf(!facts)("a device", () => {
  let gpu: Gpu;
  beforeEach(async () => {
    gpu = await openGpu();
  });
  afterEach(() => gpu.destroy());

  const words = async (
    buffer: GpuBuffer,
  ): Promise<number[]> => [...new Uint32Array((await gpu.read([{ buffer }]))[0])];

  it("says what it is", () => {
    expect(gpu.description).toMatch(gpu.facts.software ? /^WebGPU, .+ \(software\)$/ : /^WebGPU, .+[^)]$/);
    expect(gpu.maxBinding).toBeLessThanOrEqual(gpu.maxBuffer);
    expect(gpu.facts.limits.maxComputeWorkgroupsPerDimension).toBeGreaterThanOrEqual(65_535);
  });

  it("has the specification's defaults where asked for the minimum", async () => {
    const small = await openGpu({ limits: "minimum" });
    expect([small.maxBinding, small.maxBuffer]).toEqual([128 * 2 ** 20, 256 * 2 ** 20]);
    expect(() => small.buffer("matrix", 256 * 2 ** 20 + 1, "storage")).toThrow(
      /"matrix" needs 256 MiB \(268435460 bytes\), WebGPU, .* allows 256 MiB \(268435456 bytes\); use fewer/,
    );
    expect(() => small.profile = true).toThrow("timestamp-query");
    const large = small.buffer("large", small.maxBinding + 4, "storage");
    const pipeline = await small.pipeline(ADD);
    expect(() => small.bind(pipeline, "sums", [large, small.buffer("b", 4, "storage")])).toThrow(
      /"large", needs 128 MiB \(134217732 bytes\), the device allows .*; bind it in parts/,
    );
    small.destroy();
  });

  it("runs a kernel, and counts what it did", async () => {
    const source = gpu.buffer("source", 400, "storage", new Uint32Array(100).fill(2));
    const sums = gpu.buffer("sums", 400, "storage");
    const bound = gpu.bind(await gpu.pipeline(ADD, { FACTOR: 3 }), "sums", [source, sums]);
    const recorder = gpu.recorder("twice");
    recorder.dispatch(bound, 2);
    recorder.dispatch(bound, 0);
    recorder.dispatch(bound, 2, 1, 1);
    expect(gpu.counters.submits).toBe(0);
    recorder.submit();
    recorder.submit();
    expect(await words(sums)).toEqual(Array(100).fill(12));
    await gpu.errors();
    expect(gpu.counters).toEqual({
      dispatches: 2,
      submits: 2,
      readbacks: 1,
      uploadedBytes: 400,
      readBytes: 400,
      allocatedBytes: 800,
      peakBytes: 1200,
    });
    sums.destroy();
    sums.destroy();
    expect(gpu.counters.allocatedBytes).toBe(400);
  });

  it("keeps the order of dispatches, clears and copies, and goes on after a submit", async () => {
    const source = gpu.buffer("source", 12, "storage", Uint32Array.of(1, 2, 3));
    const sums = gpu.buffer("sums", 12, "storage");
    const copy = gpu.buffer("copy", 12, "storage");
    const bound = gpu.bind(await gpu.pipeline(ADD), "sums", [source, sums]);
    const recorder = gpu.recorder("ordered");
    recorder.dispatch(bound, 1);
    recorder.copy(sums, 4, copy, 0, 8);
    recorder.clear(sums, 0, 8);
    recorder.dispatch(bound, 1);
    recorder.submit();
    recorder.clear(source);
    recorder.submit();
    const read = await gpu.read([
      { buffer: sums },
      { buffer: copy, offset: 4, bytes: 3 },
      { buffer: source, bytes: 0 },
      { buffer: copy, bytes: 5 },
    ]);
    expect(read.map((bytes) => [...new Uint8Array(bytes)])).toEqual([
      [1, 0, 0, 0, 2, 0, 0, 0, 6, 0, 0, 0],
      [3, 0, 0],
      [],
      [2, 0, 0, 0, 3],
    ]);
    expect(gpu.counters).toMatchObject({ dispatches: 2, submits: 3, readbacks: 1 });
  });

  it("takes the number of workgroups from a buffer", async () => {
    const source = gpu.buffer("source", 1024, "storage", new Uint32Array(256).fill(1));
    const sums = gpu.buffer("sums", 1024, "storage");
    const bound = gpu.bind(await gpu.pipeline(ADD), "sums", [source, sums]);
    const args = gpu.buffer("args", 16, "indirect", Uint32Array.of(9, 3, 1, 1));
    const recorder = gpu.recorder("indirect");
    recorder.dispatchIndirect(bound, args, 4);
    expect(() => recorder.dispatchIndirect(bound, args, 8)).toThrow(
      'kernel add by the buffer "args" of 16 bytes: bytes 8 to 20',
    );
    expect(() => recorder.dispatchIndirect(bound, sums, 0)).toThrow(
      'expected an "indirect" buffer, found "sums"',
    );
    recorder.submit();
    expect((await words(sums)).indexOf(0)).toBe(192);
    expect(gpu.counters.dispatches).toBe(1);
  });

  it("takes 65,535 workgroups in each direction, and no more", async () => {
    const source = gpu.buffer("source", 4, "storage", Uint32Array.of(1));
    const sums = gpu.buffer("sums", 4, "storage");
    const bound = gpu.bind(await gpu.pipeline(ADD), "the sums", [source, sums]);
    const recorder = gpu.recorder("wide");
    recorder.dispatch(bound, 65_535);
    for (const [x, y, z] of [[65_536, 1, 1], [1, 65_536, 1], [1, 1, -1], [1.5, 1, 1]]) {
      expect(() => recorder.dispatch(bound, x, y, z)).toThrow(
        /kernel add \("the sums"\) in "wide": expected at most 65535/,
      );
    }
    recorder.submit();
    expect(await words(sums)).toEqual([1]);
  });

  it("compiles a kernel once for each set of constants", async () => {
    const first = gpu.pipeline(ADD, { FACTOR: 2 });
    expect(gpu.pipeline({ ...ADD }, { FACTOR: 2 })).toBe(first);
    expect(gpu.pipeline({ ...ADD, constants: { FACTOR: 2 } })).toBe(first);
    expect(gpu.pipeline({ ...ADD, constants: { FACTOR: 2 } }, { FACTOR: 3 })).not.toBe(first);
    expect(gpu.pipeline({ ...ADD, source: `${ADD.source}\n` }, { FACTOR: 2 })).not.toBe(first);
    await first;
  });

  it("shows the line that does not compile, and goes on", async () => {
    const wrong = { ...ADD, name: "wrong", source: ADD.source.replace("* FACTOR", "* 1.5") };
    await expect(gpu.pipeline(wrong)).rejects.toMatchObject({
      kind: "device",
      message: expect.stringMatching(
        /^the kernel wrong does not compile on WebGPU, .*: line 7:\d+ `sums\[id\.x\] \+= source\[id\.x\] \* 1\.5;`: /,
      ),
    });
    await expect(gpu.pipeline({ ...ADD, bindings: ["read", "read"] })).rejects.toThrow(
      "the kernel add does not compile",
    );
    await expect(gpu.pipeline(ADD, { FACTORS: 1 })).rejects.toThrow(/kernel add .*FACTORS/s);
    await expect(gpu.pipeline({ ...ADD, source: "#import nothing" })).rejects.toThrow("add.wgsl line 1");
    const many = { ...ADD, bindings: Array(1000).fill("read") };
    await expect(gpu.pipeline(many)).rejects.toThrow(/add takes 1000 storage buffers, WebGPU, .* allows \d+/);
    await gpu.errors();
    await gpu.pipeline(ADD);
  });

  it("pads contents to whole words, and a uniform to sixteen bytes", async () => {
    const odd = gpu.buffer("odd", 0, "storage", Uint8Array.of(1, 2, 3, 4, 5));
    expect(odd.bytes).toBe(8);
    expect(await words(odd)).toEqual([0x04030201, 5]);
    expect(gpu.buffer("empty", 0, "storage").bytes).toBe(4);
    expect(gpu.buffer("uniform", 20, "uniform").bytes).toBe(32);
    expect(() => gpu.buffer("params", 2 ** 40, "uniform")).toThrow('"params" needs 1024 GiB');
    expect(() => gpu.buffer("nothing", NaN, "storage")).toThrow('"nothing" needs');
  });

  it("writes views and shared memory, within the buffer only", async () => {
    const buffer = gpu.buffer("words", 16, "storage");
    gpu.write(buffer, 4, new Uint32Array([9, 1, 2, 9]).subarray(1, 3));
    gpu.write(buffer, 12, new Uint32Array(new SharedArrayBuffer(4)).fill(7));
    expect(await words(buffer)).toEqual([0, 1, 2, 7]);
    const range = /the buffer "words" of 16 bytes: /;
    expect(() => gpu.write(buffer, 12, new Uint32Array(2))).toThrow(/bytes 12 to 20 reach beyond its end/);
    expect(() => gpu.write(buffer, 2, new Uint32Array(1))).toThrow(range);
    expect(() => gpu.write(buffer, -4, new Uint32Array(1))).toThrow(range);
    expect(() => gpu.write(buffer, 0, new Uint8Array(3))).toThrow(range);
    await expect(gpu.read([{ buffer, offset: 8, bytes: 9 }])).rejects.toThrow(range);
    await expect(gpu.read([{ buffer, offset: NaN }])).rejects.toThrow(range);
    expect(() => gpu.recorder("r").clear(buffer, 8, 12)).toThrow(range);
    expect(() => gpu.recorder("r").copy(buffer, 0, buffer, 12, 8)).toThrow(range);
    buffer.destroy();
    expect(() => gpu.write(buffer, 0, new Uint32Array(1))).toThrow("it is destroyed");
    await expect(gpu.read([{ buffer }])).rejects.toThrow("it is destroyed");
    await gpu.errors();
  });

  it("writes in pieces where there is much to write", async () => {
    const data = new Uint32Array(2 ** 24 + 3).map((_, i) => i);
    const buffer = gpu.buffer("much", 0, "storage", data);
    const last = data.byteLength - 16;
    const [begin, end] = await gpu.read([{ buffer, bytes: 8 }, { buffer, offset: last }]);
    expect([...new Uint32Array(begin), ...new Uint32Array(end)]).toEqual([0, 1, ...data.slice(-4)]);
    expect(gpu.counters).toMatchObject({ submits: 1, uploadedBytes: data.byteLength, readBytes: 24 });
  });

  it("binds what the kernel expects only", async () => {
    const pipeline = await gpu.pipeline(ADD);
    const [a, b] = ["a", "b"].map((name) => gpu.buffer(name, 1024, "storage"));
    const params = gpu.buffer("params", 16, "uniform");
    const bind = (...buffers: Parameters<Gpu["bind"]>[2]) => () => gpu.bind(pipeline, "sums", buffers);
    expect(bind(a)).toThrow('binding "sums" to the kernel add: expected 2 buffers, found 1');
    expect(bind(params, b)).toThrow('binding 0 is read, which the uniform buffer "params" cannot be');
    expect(bind(a, a)).toThrow('bindings 0 (read) and 1 (write) are the same buffer, "a"');
    expect(bind({ buffer: a, offset: 4, size: 8 }, b)).toThrow(
      '"a", starts at byte 4; expected a multiple of',
    );
    expect(bind({ buffer: a, offset: 0, size: 0 }, b)).toThrow('"a", is empty');
    expect(bind({ buffer: a, offset: 512, size: 516 }, b)).toThrow("bytes 512 to 1028 reach beyond its end");
    bind({ buffer: a, offset: 512, size: 512 }, b)();
    await gpu.errors();
  });

  it("reads later what the bytes were at the call", async () => {
    const buffer = gpu.buffer("count", 4, "storage");
    const reads = Array.from({ length: 20 }, (_, i) => {
      gpu.write(buffer, 0, Uint32Array.of(i));
      return gpu.readLater([{ buffer }]);
    });
    const read = (await Promise.all(reads)).map(([bytes]) => new Uint32Array(bytes)[0]);
    expect(read).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(gpu.counters).toMatchObject({ readbacks: 20, allocatedBytes: 4 });
  });

  it("keeps the first error, with its label, and reads nothing after it", async () => {
    const [a, b] = ["a", "b"].map((name) => gpu.buffer(name, 16, "storage"));
    const recorder = gpu.recorder("round 7");
    recorder.copy(a, 0, b, 0, 16);
    a.raw.destroy();
    recorder.submit();
    await expect(gpu.errors()).rejects.toMatchObject({
      kind: "device",
      message: expect.stringMatching(/^"round 7": .*destroyed/s),
    });
    await expect(gpu.read([{ buffer: b }])).rejects.toThrow("round 7");
  });

  it("hears of errors that nobody waits for", async () => {
    gpu.device.createBuffer({ label: "stray", size: 4, usage: 0xffff });
    await expect(gpu.errors()).rejects.toMatchObject({ kind: "device" });
  });

  it("rejects all that was outstanding when the device is lost, and throws from then on", async () => {
    const buffer = gpu.buffer("trees", 2 ** 20, "storage");
    const bound = gpu.bind(await gpu.pipeline(ADD), "sums", [buffer, gpu.buffer("b", 4, "storage")]);
    const reads = Array.from({ length: 10 }, () => gpu.readLater([{ buffer }]));
    gpu.device.destroy();
    // A turn of the event loop in which nobody listens to them.
    await new Promise((resolve) => setTimeout(resolve, 0));
    for (const read of reads) {
      await expect(read).rejects.toMatchObject({ name: "SpliceboostError", kind: "device" });
    }
    expect(await gpu.lost).toContain("destroyed");
    expect(gpu.isLost).toBe(true);
    const lost = /^the device is lost \(WebGPU, /;
    await expect(gpu.errors()).rejects.toThrow(lost);
    await expect(gpu.pipeline({ ...ADD, name: "new" })).rejects.toThrow(lost);
    await expect(gpu.read([{ buffer }])).rejects.toThrow(lost);
    expect(() => gpu.buffer("late", 4, "storage")).toThrow(lost);
    expect(() => gpu.write(buffer, 0, new Uint32Array(1))).toThrow(lost);
    const recorder = gpu.recorder("late");
    recorder.dispatch(bound, 1);
    expect(() => recorder.submit()).toThrow(lost);
  });

  it("frees all when it is destroyed, twice too", async () => {
    gpu.buffer("a", 1024, "storage");
    gpu.destroy();
    gpu.destroy();
    expect(gpu.counters).toMatchObject({ allocatedBytes: 0, peakBytes: 1024 });
    expect(gpu.isLost).toBe(true);
    expect(await gpu.lost).toContain("destroyed");
  });

  it.skipIf(!facts?.features.includes("timestamp-query"))("times every dispatch by its kernel", async () => {
    expect(await gpu.profiled()).toEqual([]);
    gpu.profile = true;
    const querySets = vi.spyOn(gpu.device, "createQuerySet");
    const source = gpu.buffer("source", 4, "storage", Uint32Array.of(1));
    const sums = gpu.buffer("sums", 4, "storage");
    const other = { ...ADD, name: "other" };
    const [add, more] = await Promise.all(
      [ADD, other].map(async (kernel) => gpu.bind(await gpu.pipeline(kernel), kernel.name, [source, sums])),
    );
    const [first, second] = ["first", "second"].map((label) => gpu.recorder(label));
    // More than a query set holds, and two recorders at once.
    for (let i = 0; i < 2050; i++) first.dispatch(add, 1);
    second.dispatch(more, 1);
    second.submit();
    first.submit();
    expect(await words(sums)).toEqual([2051]);
    const times = await gpu.profiled();
    expect(times.map(({ kernel, dispatches }) => [kernel, dispatches]).sort()).toEqual([["add", 2050], [
      "other",
      1,
    ]]);
    // Coarse clocks may say zero.
    expect(times.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);

    // Query sets are few on some devices: three were enough, and are enough for more.
    first.dispatch(add, 1);
    first.submit();
    expect(await gpu.profiled()).toMatchObject([{ kernel: "add", dispatches: 1 }]);
    expect(querySets).toHaveBeenCalledTimes(3);
    gpu.profile = false;
    first.dispatch(add, 1);
    first.submit();
    expect(await gpu.profiled()).toEqual([]);
    await gpu.errors();
    expect(gpu.counters.allocatedBytes).toBe(8);
  });
});

it("adds up time by kernel, without dispatches that end before they begin", () => {
  const first = {
    kernels: ["a", "b", "a"],
    stamps: BigUint64Array.of(5n, 1_000_005n, 7n, 6n, 10n, 500_010n),
  };
  const second = {
    kernels: ["c", "b"],
    stamps: BigUint64Array.of(0n, 0n, 2n ** 60n, 2n ** 60n + 2_000_000n),
  };
  expect(addUp([first, second])).toEqual([
    { kernel: "b", dispatches: 2, milliseconds: 2, discarded: 1 },
    { kernel: "a", dispatches: 2, milliseconds: 1.5, discarded: 0 },
    { kernel: "c", dispatches: 1, milliseconds: 0, discarded: 0 },
  ]);
});
