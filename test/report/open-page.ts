/** A page from a file in the headless browser of the tests, watched. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { swiftshader } from "../adapters/swiftshader.mjs";

/** Why there is no browser; empty where there is one. */
export const noBrowser: string = swiftshader().reason;

export interface OpenPage {
  readonly page: Page;
  /** Messages of the console, and errors. */
  readonly messages: string[];
  /** Addresses asked for but the page's own. */
  readonly requests: string[];
}

/** A browser that resolves no name; close it in the end. */
export async function openBrowser(): Promise<Browser> {
  const { path, env } = swiftshader().chromium!;
  return await puppeteer.launch({
    executablePath: path,
    headless: "shell",
    args: ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"],
    env: { ...process.env, ...env },
    protocolTimeout: 0,
  });
}

/** Opens `text` as a file of HTML, runs `look` on it, and removes it. */
export async function withPage<T>(
  browser: Browser,
  text: string,
  { width = 1280, scheme = "light" }: { width?: number; scheme?: "light" | "dark" },
  look: (open: OpenPage) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "spliceboost-report-"));
  const page = await browser.newPage();
  try {
    const file = join(folder, "report.html");
    await writeFile(file, text);
    const messages: string[] = [];
    const requests: string[] = [];
    const own = pathToFileURL(file).href;
    page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => messages.push(String(error)));
    page.on("dialog", (dialog) => messages.push(`dialog: ${dialog.message()}`));
    page.on("request", (request) => request.url().split("#")[0] !== own && requests.push(request.url()));
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(own);
    return await look({ page, messages, requests });
  } finally {
    await page.close();
    await rm(folder, { recursive: true });
  }
}
