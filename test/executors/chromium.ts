/** Executors that are a browser: Chromium (Dawn) in a page or in a module worker of the page. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import puppeteer from "puppeteer-core";
import { bundle } from "./bundle.ts";
import type { Job } from "./executors.ts";

export interface Page {
  /** Whether navigator.gpu finds an adapter, SwiftShader. */
  adapter: boolean;
  /** Whether the page's address counts as safe; WebGPU is there on such pages only. */
  secure: boolean;
  /** Whether the entry runs in a module worker. */
  worker: boolean;
}

const INSECURE = "insecure.test";

/** Nothing leaves the machine: no name but ours resolves, and puppeteer's own flags keep the browser's services off. */
const FLAGS = [
  "--no-sandbox",
  // A driver in software may be slow without being stuck.
  "--disable-gpu-watchdog",
  `--host-resolver-rules=MAP ${INSECURE} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
];

const WEBGPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--disable-vulkan-surface",
];

/** Runs the entry's bundle in a browser of its own. */
export async function runInChromium(
  chromium: { path: string; env: Record<string, string> },
  { adapter, secure, worker }: Page,
  entry: URL,
  { input, files }: Job,
): Promise<string> {
  const bundled = await bundle(entry);
  const browser = await puppeteer.launch({
    executablePath: chromium.path,
    headless: "shell",
    args: adapter ? [...FLAGS, ...WEBGPU] : FLAGS,
    env: { ...process.env, ...chromium.env },
    // Entries take the time they take.
    protocolTimeout: 0,
  });
  const server = await serve(bundled, files);
  try {
    const page = await browser.newPage();
    const host = secure ? "127.0.0.1" : INSECURE;
    await page.goto(`http://${host}:${(server.address() as AddressInfo).port}/`);
    // As text: this file's types know no page.
    const call = `(await import("/browser.mjs")).${worker ? "runInWorker" : "run"}(${JSON.stringify(input)})`;
    return await page.evaluate(`(async () => await ${call})()`) as string;
  } finally {
    await browser.close();
    server.close();
  }
}

/** A server of the entry, of the page around it, and of the files named, on a port of this machine. */
async function serve(entry: string, files: string[]): Promise<Server> {
  const runner = await readFile(new URL("./browser.mjs", import.meta.url));
  const pages: Record<string, () => Promise<[type: string, body: string | Uint8Array]>> = {
    "/": () => Promise.resolve(["text/html", "<!doctype html><title>executor</title>"]),
    "/browser.mjs": () => Promise.resolve(["text/javascript", runner]),
    "/entry.mjs": () => Promise.resolve(["text/javascript", entry]),
  };
  for (const file of files) {
    pages[`/files/${encodeURIComponent(file)}`] =
      async () => ["application/octet-stream", await readFile(file)];
  }
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ""];
    if (!page) response.writeHead(404).end();
    else {
      page().then(
        ([type, body]) => response.writeHead(200, { "content-type": type }).end(body),
        () => response.writeHead(500).end(),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
