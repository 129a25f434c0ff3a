/** --device and doctor, as a user meets them, without training on a GPU: that is in test/slow/cli-devices.test.ts. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { doctorCommand } from "../../src/cli/commands/doctor.ts";
import { trainCommand } from "../../src/cli/commands/train.ts";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { deviceRuns, failure, hashIn, withGpu } from "./device-runs.ts";
import { runCommand } from "./helpers.ts";

const adapter = await describeAdapter();
if (!adapter?.software) console.warn("no WebGPU adapter in software: what auto makes of it is not tested");

const launcher = fileURLToPath(new URL("../../bin/spliceboost.mjs", import.meta.url));
const { at, data, args, train, predict, manifestOf } = deviceRuns();

/** The command line in a process of its own, where WebGPU finds no adapter. */
function withoutAdapter(...words: string[]): { code: number | null; out: string; err: string } {
  // A backend of another system: its drivers are not looked for.
  const DENO_WEBGPU_BACKEND = process.platform === "win32" ? "metal" : "dx12";
  const { status, stdout, stderr } = spawnSync("node", [launcher, ...words], {
    encoding: "utf8",
    env: { ...process.env, DENO_WEBGPU_BACKEND },
  });
  return { code: status, out: stdout, err: stderr };
}

describe("--device cpu", () => {
  it("trains and predicts there, as asked for, and prints the model's hash", async () => {
    const said = await train("cpu", "--device", "cpu", "--force");
    expect(said.err).toMatch(/Trains on CPU, \d+ threads?: as asked for\./);
    const model = readFileSync(at("cpu/model.safetensors"));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", model)).toHex();
    expect(hashIn(said)).toBe(digest);
    expect(manifestOf("cpu")).toMatchObject({
      model_sha256: digest,
      summary: { model_sha256: digest, device: "cpu" },
      device: { kind: "cpu", asked: "cpu", adapter: null },
    });
    expect((await predict("cpu.csv", "--device", "cpu")).err).toContain("on the CPU (as asked for)");
  });
});

describe("without an adapter", () => {
  it("--device webgpu exits 4, says what to do, and leaves nothing behind", () => {
    const { code, out, err } = withoutAdapter(...args("none", "--device", "webgpu"));
    expect([code, out]).toEqual([4, ""]);
    expect(err).toMatch(/Error: .*offers no adapter: install a .*driver.*or use the CPU engine/);
    expect(existsSync(at("none"))).toBe(false);
    const predicted = withoutAdapter(
      ...["predict", "--model", at("cpu"), "--dataset", data, "--out", at("none.csv"), "--device", "webgpu"],
    );
    expect([predicted.code, existsSync(at("none.csv"))]).toEqual([4, false]);
  });

  it("auto takes the CPU and says why", () => {
    const { code, err } = withoutAdapter(...args("fallback"));
    expect(code).toBe(0);
    expect(err).toContain("auto found no WebGPU adapter");
    expect(manifestOf("fallback").model_sha256).toBe(manifestOf("cpu").model_sha256);
  });

  it("doctor is well, and says what to install", () => {
    const { code, out } = withoutAdapter("doctor");
    expect(code).toBe(0);
    expect(out).toMatch(/WebGPU +none: .*install a .* driver/);
    expect(out).toMatch(/device +cpu is what --device auto takes: auto found no WebGPU adapter/);
  });

  it("nor WebGPU itself, doctor is well too", async () => {
    const { code, out } = await withGpu(undefined, () => runCommand(doctorCommand, ["doctor", "--json"]));
    expect(code).toBe(0);
    const found = Object.fromEntries(
      JSON.parse(out).findings.map(({ name, found }: { name: string; found: string }) => [name, found]),
    );
    expect(found.WebGPU).toContain("navigator.gpu is absent");
    expect(found.device).toContain("cpu is what --device auto takes");
  });
});

describe.skipIf(!adapter?.software)("with an adapter in software", () => {
  it("auto passes it over and says why", async () => {
    const plan = await train("auto", "--dry-run");
    expect(plan.out).toMatch(/device +cpu \(auto found only .*, which computes on the CPU/);
    const error = await failure(train("auto", "--profile"));
    expect(error.kind).toBe("usage");
    expect(error.message).toMatch(/--profile.*auto found only/);
    expect(existsSync(at("auto"))).toBe(false);
  });

  it("doctor shows it: names, limits, memory, the choice", async () => {
    const { out } = await runCommand(doctorCommand, ["doctor"]);
    expect(out).toMatch(/WebGPU +an adapter in software: .*description/);
    expect(out).toMatch(/GPU limits +buffers .*bindings .*workgroup memory .*timestamp-query/);
    expect(out).toMatch(
      /GPU memory +for 600,000 rows, 130 features of 256 bins, 15 models: .* for \d+ lanes? together/,
    );
    expect(out).toMatch(/device +cpu is what --device auto takes: auto found only/);
  });
});

describe("options that go with one device alone", () => {
  it.each([
    [["--device", "webgpu", "--threads", "2"], "--threads"],
    [["--device", "cpu", "--profile"], "--profile"],
    [["--threads", "2", "--profile"], "--profile"],
    [["--device", "cpu", "--algorithm-params", '{"device": "webgpu"}'], "one and the same"],
  ])("refuse %j before reading", async (options, message) => {
    const error = await failure(
      runCommand(trainCommand, ["train", "--dataset", "x", "--out-dir", at("y"), ...options]),
    );
    expect(error.kind).toBe("usage");
    expect(error.message).toContain(message);
  });

  it("predict refuses threads for WebGPU", async () => {
    expect((await failure(predict("x.csv", "--device", "webgpu", "--threads", "2"))).kind).toBe("usage");
  });

  it("--threads asks for the CPU where the device is auto", async () => {
    expect((await train("threads", "--threads", "1")).err).toContain(
      "Trains on CPU, 1 thread: threads were asked for",
    );
    expect((await predict("threads.csv", "--threads", "1")).err).toContain(
      "on the CPU (threads were asked for",
    );
  });
});
