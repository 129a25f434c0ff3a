// SwiftShader, a Vulkan driver in software, and the Chromium it ships with, from @sparticuz/chromium: no root, no download.
// Plain JavaScript, because it makes the environment that Deno is started in.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));
const packed = join(modules, "@sparticuz", "chromium");
const cache = join(modules, ".cache", "spliceboost-adapters");

/**
 * @typedef {object} SwiftShader
 * @property {Record<string, string> | null} env variables a process needs from its start to find SwiftShader, and no other driver
 * @property {{ path: string, env: Record<string, string> } | null} chromium the browser and the variables it needs
 * @property {string} reason why there is neither; empty where there are both
 */

/**
 * Unpacks the drivers and the browser, once for an installation, and says how a process finds them.
 * @returns {SwiftShader}
 */
export function swiftshader() {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== "linux-x64") {
    return absent(`@sparticuz/chromium has files for linux-x64, not for ${platform}`);
  }
  if (!existsSync(join(packed, "bin"))) {
    return absent("@sparticuz/chromium is not installed; npm ci installs it");
  }
  const folder = unpackOnce();
  return {
    env: vulkan(folder, join(folder, "vk_swiftshader_icd.json")),
    chromium: {
      path: join(folder, "chromium"),
      env: { LD_LIBRARY_PATH: libraries(folder, join(folder, "lib")) },
    },
    reason: "",
  };
}

/** The environment in which wgpu and Dawn load SwiftShader's Vulkan loader, and it the driver that `icd` describes. */
export function vulkan(folder, icd) {
  return {
    LD_LIBRARY_PATH: libraries(folder),
    VK_ICD_FILENAMES: icd,
    DENO_WEBGPU_BACKEND: "vulkan",
    // The drivers complain without one.
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? privateFolder(join(cache, "runtime")),
  };
}

function absent(reason) {
  return { env: null, chromium: null, reason };
}

function libraries(...folders) {
  const before = process.env.LD_LIBRARY_PATH;
  return [...folders, ...(before ? [before] : [])].join(":");
}

function privateFolder(path) {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** The folder of the unpacked files, named after the package's version. It appears whole or not at all. */
function unpackOnce() {
  const { version } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));
  const folder = join(cache, version);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const beside = mkdtempSync(`${folder}.partial-`);
  try {
    const unpacked = (name) => brotliDecompressSync(readFileSync(join(packed, "bin", `${name}.br`)));
    for (const archive of ["swiftshader.tar", "al2023.tar"]) {
      execFileSync("tar", ["-x", "--no-same-owner", "-C", beside], { input: unpacked(archive) });
    }
    // Beside the drivers, where the browser looks for its own.
    writeFileSync(join(beside, "chromium"), unpacked("chromium"), { mode: 0o755 });
    renameSync(beside, folder);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
