/** --device webgpu and --profile on the command line: the CPU's bytes, and interrupted on one and resumed on the other. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { doctorCommand } from "../../src/cli/commands/doctor.ts";
import { trainCommand } from "../../src/cli/commands/train.ts";
import { profileText } from "../../src/cli/profile-text.ts";
import { describeAdapter } from "../../src/gpu/gpu.ts";
import { deviceRuns, hashIn, withGpu } from "../cli/device-runs.ts";
import { runCommand } from "../cli/helpers.ts";
import { disguised } from "../gpu/disguise.ts";

const adapter = await describeAdapter();
if (!adapter) {
  console.warn("no WebGPU adapter: --device webgpu is not tested; run the tests with npm run test:slow");
}

const launcher = fileURLToPath(new URL("../../bin/spliceboost.mjs", import.meta.url));
const { at, data, train, predict, manifestOf, resultsOf } = deviceRuns();

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
    expect(resultsOf("webgpu").map(({ path }) => path)).toContain("analysis.json");
    expect(resultsOf("webgpu")).toEqual(resultsOf("cpu"));

    // The device is no part of what a run is.
    expect((await train("webgpu", "--device", "cpu")).err).toContain("Nothing to do");
    expect((await train("webgpu", "--algorithm-params", '{"device": "auto"}')).err).toContain(
      "Nothing to do",
    );
  });

  it("predicts the CPU's bytes", async () => {
    await predict("cpu.csv", "--device", "cpu");
    const said = await predict("webgpu.csv", "--device", "webgpu", "--json");
    expect(said.err).toMatch(/ on WebGPU, .*\(as asked for\)/);
    expect(JSON.parse(said.out)).toMatchObject({ device: "webgpu" });
    expect(readFileSync(at("webgpu.csv"), "utf8")).toBe(readFileSync(at("cpu.csv"), "utf8"));
  });

  it("is what auto takes of hardware", async () => {
    const hardware = await withGpu(disguised("Acme 9000"), () => train("auto", "--dry-run", "--json"));
    expect(JSON.parse(hardware.out)).toMatchObject({
      device: "webgpu",
      device_reason: "auto found a hardware adapter",
      device_memory: expect.stringContaining("for 6 lanes together"),
    });
    expect(existsSync(at("auto"))).toBe(false);
    const { out } = await withGpu(disguised("Acme 9000"), () => runCommand(doctorCommand, ["doctor"]));
    expect(out).toMatch(/WebGPU +a hardware adapter: description Acme 9000/);
    expect(out).toMatch(/device +webgpu is what --device auto takes: auto found a hardware adapter/);
  });

  it("is timed with --profile, kernel by kernel", async () => {
    const said = await train("profile", "--device", "webgpu", "--profile");
    const { profile } = manifestOf("profile");
    expect(said.out.endsWith("\n" + profileText(profile))).toBe(true);
    expect(said.out).toMatch(/^search(?:-serial)? +[\d.]+ +[\d.]+ % +[\d.]+ +[\d.]+ +[\d.]+ \w+ +[\d.]+$/m);
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
      expect(resultsOf("broken")).toEqual(resultsOf("whole"));
    });
  });
});
