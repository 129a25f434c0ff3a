import { afterEach, describe, expect, it, vi } from "vitest";
import { createTaskPool, type TaskPool } from "../../../src/evaluation/workers/pool.ts";
import type {} from "../../../src/evaluation/workers/task-worker.ts";

const pools: TaskPool[] = [];
function open(threads: number): TaskPool {
  const pool = createTaskPool({ threads });
  pools.push(pool);
  return pool;
}

afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
  vi.unstubAllGlobals();
});

const payloads = Array.from({ length: 20 }, (_, i) => Float64Array.of(i, i + 0.5));
const expected = payloads.map((values) => values.map((value) => value + 3));

describe.each([1, 2, 3])("a pool of %i threads", (threads) => {
  it("gives results in the order of the payloads", async () => {
    const pool = open(threads);
    expect(pool.threads).toBe(threads);
    expect(await pool.map("probe", payloads, { offset: 3 })).toEqual(expected);
  });

  it("keeps the kind of an error, calls others runtime errors, and goes on", async () => {
    const pool = open(threads);
    const shared = { offset: 3 };
    await expect(pool.run("probe", Float64Array.of(NaN), { shared })).rejects.toMatchObject({
      name: "SpliceboostError",
      kind: "data",
      message: "Expected numbers, found NaN.",
    });
    await expect(pool.run("probe", new Float64Array(), { shared })).rejects.toMatchObject({
      name: "SpliceboostError",
      kind: "runtime",
      message: "no values",
    });
    expect(await pool.run("probe", payloads[0], { shared })).toEqual(expected[0]);
  });

  it("tells shared objects apart, and takes one again that was forgotten", async () => {
    const pool = open(threads);
    const [three, four] = [{ offset: 3 }, { offset: 4 }];
    const run = (shared: { offset: number }) => pool.map("probe", payloads, shared);
    expect(await run(three)).toEqual(expected);
    expect((await run(four))[0]).toEqual(Float64Array.of(4, 4.5));
    pool.forget(three);
    expect(await run(three)).toEqual(expected);
  });

  it("rejects what had not finished when it was closed, and what comes later", async () => {
    const pool = open(threads);
    const tasks = payloads.map((payload) => pool.run("probe", payload, { shared: { offset: 3 } }));
    pool.close();
    const outcomes = await Promise.allSettled([...tasks, pool.run("probe", payloads[0])]);
    expect(outcomes.every((one) => one.status === "rejected" && one.reason.kind === "interrupted")).toBe(
      true,
    );
  });
});

describe("a pool", () => {
  it("sends a shared object once a worker, however many tasks read it", async () => {
    const sent: string[] = [];
    const RealWorker = globalThis.Worker;
    vi.stubGlobal(
      "Worker",
      class extends RealWorker {
        override postMessage(message: { type: string }, transfer?: unknown) {
          sent.push(message.type);
          super.postMessage(message, transfer as Transferable[]);
        }
      },
    );
    await open(2).map("probe", payloads, { offset: 3 });
    expect(sent.filter((type) => type === "run")).toHaveLength(payloads.length);
    expect(sent.filter((type) => type === "share")).toHaveLength(2);
  });

  it("moves what it is told to", async () => {
    const payload = Float64Array.of(1);
    const result = await open(2).run("probe", payload, { shared: { offset: 1 }, transfer: [payload.buffer] });
    expect(result).toEqual(Float64Array.of(2));
    expect(payload).toHaveLength(0);
  });

  it("works on the caller's thread where there are no workers", async () => {
    vi.stubGlobal("Worker", undefined);
    const pool = open(4);
    expect(pool.threads).toBe(1);
    expect(await pool.map("probe", payloads, { offset: 3 })).toEqual(expected);
  });

  it(
    "fails every task of a worker that cannot start, instead of waiting for it",
    { timeout: 10_000 },
    async () => {
      let complaints = 0; // a worker complains once
      vi.stubGlobal(
        "Worker",
        class {
          onerror: ((event: unknown) => void) | null = null;
          postMessage() {
            if (complaints++ > 0) return;
            queueMicrotask(() => this.onerror?.({ message: "no such file", preventDefault() {} }));
          }
          terminate() {}
        },
      );
      const pool = open(2);
      for (let i = 0; i < 3; i++) {
        await expect(pool.run("probe", payloads[0])).rejects.toThrow("no such file");
      }
    },
  );

  it.each([0, -1, 1.5, NaN, 2000])("refuses %d threads", (threads) => {
    expect(() => createTaskPool({ threads })).toThrow(/threads must be a whole number/);
  });
});
