#!/usr/bin/env node
// `npx spliceboost`: the command line runs under Deno, this only starts it.
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runDeno, V8_FLAGS } from "./deno.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
// A checkout has the sources; an installed package runs the bundle, since Deno does not strip types there.
const installed = /[\\/]node_modules[\\/]/.test(at("."));
const entry = installed && existsSync(at("../dist/cli.js")) ? at("../dist/cli.js") : at("../src/cli/main.ts");
const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-net"];
runDeno([
  "run",
  "--quiet",
  "--no-prompt",
  V8_FLAGS,
  "--config",
  at("../deno.json"),
  ...permissions,
  entry,
  ...process.argv.slice(2),
]);
