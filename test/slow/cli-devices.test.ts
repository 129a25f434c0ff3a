/** --device, --profile and doctor, as a user meets them: with an adapter, with one in software, and with none. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { doctorCommand } from "../../src/cli/commands/doctor.ts";
import { predictCommand } from "../../src/cli/commands/predict.ts";
import { simulateCommand } from "../../src/cli/commands/simulate.ts";
import { trainCommand } from "../../src/cli/commands/train.ts";
import { profileText } from "../../src/cli/profile-text.ts";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { SpliceboostError } from "../../src/numerics/errors.ts";
import { disguised } from "../gpu/disguise.ts";
import { runCommand, type Said, temporaryFolder } from "../cli/helpers.ts";

const adapter = await describeAdapter();
if (!adapter) console.warn("no WebGPU adapter: --device webgpu is not tested; run the tests with npm test");

const launcher = fileURLToPath(new URL("../../bin/spliceboost.mjs", import.meta.url));
const folder = temporaryFolder();
const at = (name: string): string => join(folder.path, name);
const data = at("data");
beforeAll(async () => {
  await runCommand(simulateCommand, ["simulate", "--genes", "6", "--out", data, "--kmers", "1"]);
});
afterAll(() => folder.remove());

const args = (out: string, ...more: string[]): string[] => [
  ...["train", "--dataset", data, "--out-dir", at(out), "--n-estimators", "4", "--n-folds", "2"],
  ...more,
];
const train = (out: string, ...more: string[]): Promise<Said> => runCommand(trainCommand, args(out, ...more));
const manifestOf = (out: string) => JSON.parse(readFileSync(at(`${out}/manifest.json`), "utf8"));
const predict = (out: string, ...more: string[]): Promise<Said> =>
  runCommand(predictCommand, ["predict", "--model", at("cpu"), "--dataset", data, "--out", at(out), ...more]);
const hashIn = (said: Said): string | undefined =>
  /SHA-256 of the model: ([0-9a-f]{64})\n/.exec(said.out)?.[1];

async function failure(work: Promise<unknown>): Promise<SpliceboostError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SpliceboostError);
  return error as SpliceboostError;
}

/** Runs with `navigator.gpu` replaced. */
async function withGpu<T>(gpu: GPU | undefined, work: () => Promise<T>): Promise<T> {
  vi.stubGlobal("navigator", { userAgent: navigator.userAgent, hardwareConcurrency: 2, gpu });
  try {
    return await work();
  } finally {
    vi.unstubAllGlobals();
  }
}

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
    const said = await train("cpu", "--device", "cpu");
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

describe.skipIf(!adapter)("--device webgpu", () => {
  it("has the CPU's bytes, its adapter in the log and in the manifest", async () => {
    const said = await train("webgpu", "--device", "webgpu");
    expect(said.err).toMatch(/Trains on WebGPU, .*: as asked for\./);
    expect(hashIn(said)).toBe(manifestOf("cpu").model_sha256);
    const manifest = manifestOf("webgpu");
    expect(manifest).toMatchObject({
      device: { kind: "webgpu", asked: "webgpu", adapter: { description: adapter!.description } },
      summary: { device: "webgpu" },
    });
    const outputs = (name: string) => manifestOf(name).outputs.map((o: { sha256: string }) => o.sha256);
    expect(outputs("webgpu")).toEqual(outputs("cpu"));

    // The device is no part of what a run is.
    expect((await train("webgpu", "--device", "cpu")).err).toContain("Nothing to do");
    expect((await train("webgpu", "--algorithm-params", '{"device": "auto"}')).err).toContain(
      "Nothing to do",
    );
  });

  it("predicts the CPU's bytes", async () => {
    const said = await predict("webgpu.csv", "--device", "webgpu", "--json");
    expect(said.err).toMatch(/ on WebGPU, .*\(as asked for\)/);
    expect(JSON.parse(said.out)).toMatchObject({ device: "webgpu" });
    expect(readFileSync(at("webgpu.csv"), "utf8")).toBe(readFileSync(at("cpu.csv"), "utf8"));
  });

  it("is what auto takes of hardware alone", async () => {
    const software = await train("auto", "--dry-run");
    if (adapter!.software) {
      expect(software.out).toMatch(/device +cpu \(auto found only .*computes on the CPU/);
    }
    const hardware = await withGpu(disguised("Acme 9000"), () => train("auto", "--dry-run", "--json"));
    expect(JSON.parse(hardware.out)).toMatchObject({
      device: "webgpu",
      device_reason: "auto found a hardware adapter",
      device_memory: expect.stringContaining("for 6 lanes together"),
    });
    expect((await failure(train("auto", "--profile", "--quiet"))).kind).toBe(
      adapter!.software ? "usage" : "runtime",
    );
    expect(existsSync(at("auto"))).toBe(false);
  });

  it("is looked at by doctor: names, limits, memory, the choice", async () => {
    const { out } = await withGpu(disguised("Acme 9000"), () => runCommand(doctorCommand, ["doctor"]));
    expect(out).toMatch(/WebGPU +a hardware adapter: description Acme 9000/);
    expect(out).toMatch(/GPU limits +buffers .*bindings .*workgroup memory .*timestamp-query/);
    expect(out).toMatch(
      /GPU memory +for 600,000 rows, 130 features of 256 bins, 15 models: .* for \d+ lanes? together/,
    );
    expect(out).toMatch(/device +webgpu is what --device auto takes: auto found a hardware adapter/);
  });

  it("is timed with --profile, kernel by kernel", async () => {
    const said = await train("profile", "--device", "webgpu", "--profile");
    const { profile } = manifestOf("profile");
    expect(said.out.endsWith("\n" + profileText(profile))).toBe(true);
    expect(said.out).toMatch(/^search +[\d.]+ +[\d.]+ % +[\d.]+ +[\d.]+ +[\d.]+ \w+ +[\d.]+$/m);
    expect(said.out).toMatch(/Bytes asked of device memory: .* times the floor of/);
    expect(hashIn(said)).toBe(manifestOf("cpu").model_sha256);
    const again = await train("profile", "--device", "webgpu", "--profile");
    expect(again.err).toContain("--profile: nothing was trained");
    expect(JSON.parse((await train("profile", "--json")).out).profile).toEqual(profile);
  });

  describe("interrupted", () => {
    let child: ChildProcess | null = null;
    afterAll(() => child?.kill("SIGKILL"));

    it("by Ctrl-C exits 130, and --device cpu goes on from its checkpoint to the same bytes", async () => {
      const long = (out: string, device: string): string[] => [
        ...["train", "--dataset", data, "--out-dir", at(out), "--n-folds", "2", "--n-estimators", "100"],
        ...["--device", device],
      ];
      const { code, err } = await new Promise<{ code: number | null; err: string }>((resolve) => {
        const running = spawn("node", [launcher, ...long("broken", "webgpu")]);
        child = running;
        let err = "";
        let sent = false;
        running.stderr.setEncoding("utf8").on("data", (text: string) => {
          err += text;
          if (sent || !err.includes("cross-validation:")) return;
          sent = true;
          process.kill(running.pid as number, "SIGINT");
        });
        running.on("exit", (code) => resolve({ code, err }));
      });
      expect(err).toContain("the same command goes on");
      expect(code).toBe(130);
      const resumed = await runCommand(trainCommand, long("broken", "cpu"));
      expect(resumed.err).toContain("Goes on from the checkpoint");
      const whole = await runCommand(trainCommand, long("whole", "cpu"));
      expect(resumed.out).toBe(whole.out);
      const outputs = (name: string) => manifestOf(name).outputs;
      expect(outputs("broken")).toEqual(outputs("whole"));
    });
  });
});
