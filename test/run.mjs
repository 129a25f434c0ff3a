// Runs vitest under Deno where navigator.gpu is a software adapter: node test/run.mjs CONFIG [vitest's arguments].
// SPLICEBOOST_TEST_ADAPTER=swiftshader|lavapipe says which; without it, SwiftShader where it can be had.
import process from "node:process";
import { runDeno } from "../bin/deno.mjs";
import { lavapipe } from "./adapters/lavapipe.mjs";
import { swiftshader } from "./adapters/swiftshader.mjs";

const ADAPTERS = { swiftshader, lavapipe };

function environment() {
  const asked = process.env.SPLICEBOOST_TEST_ADAPTER;
  if (asked !== undefined && !Object.hasOwn(ADAPTERS, asked)) {
    stop(`expected one of ${Object.keys(ADAPTERS).join(", ")}, found "${asked}"`);
  }
  const { env, reason } = ADAPTERS[asked ?? "swiftshader"]();
  if (!env && asked !== undefined) stop(reason);
  if (!env) process.stderr.write(`test/run.mjs: no software adapter: ${reason}\n`);
  return { ...process.env, ...env };
}

function stop(message) {
  process.stderr.write(`test/run.mjs: SPLICEBOOST_TEST_ADAPTER: ${message}\n`);
  process.exit(2);
}

const [config, ...rest] = process.argv.slice(2);
runDeno(["run", "-A", "node_modules/vitest/vitest.mjs", "run", "--config", config, ...rest], environment());
