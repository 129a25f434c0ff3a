// lavapipe, Mesa's Vulkan driver in software: a second opinion beside SwiftShader, where the system has it.
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { swiftshader, vulkan } from "./swiftshader.mjs";

/** Where Debian's mesa-vulkan-drivers describes it; newer ones leave the architecture out. */
const DESCRIPTIONS = ["lvp_icd.x86_64.json", "lvp_icd.json"].map((name) => `/usr/share/vulkan/icd.d/${name}`);

/**
 * @typedef {object} Lavapipe
 * @property {Record<string, string> | null} env variables a process needs from its start to find lavapipe, and no other driver
 * @property {string} reason why there is none; empty where there is
 */

/**
 * Says how a process finds lavapipe. The Vulkan loader is SwiftShader's own, so that both drivers are loaded alike.
 * @returns {Lavapipe}
 */
export function lavapipe() {
  const { env, reason } = swiftshader();
  if (!env) return { env: null, reason };
  const icd = DESCRIPTIONS.find((path) => existsSync(path));
  if (!icd) {
    return { env: null, reason: "lavapipe is not installed (Debian: mesa-vulkan-drivers)" };
  }
  return { env: vulkan(dirname(env.VK_ICD_FILENAMES), icd), reason: "" };
}
