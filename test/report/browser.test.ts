import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderReport } from "../../src/report/report.ts";
import { simulatedAnalysis } from "./fixture/analysis.ts";
import { noBrowser, openBrowser, withPage } from "./open-page.ts";

/** Scripts are texts: this file's types know the page of Deno, not the one in the browser. */
const inPage = async <T>(page: Page, script: string): Promise<T> => await page.evaluate(script) as T;

const names = `[...document.querySelectorAll("#genes tbody th")].map((cell) => cell.textContent)`;
const column = (i: number): string =>
  `[...document.querySelectorAll("#genes tbody tr")].map((row) => Number(row.cells[${i}].textContent.replace("−", "-")))`;

/** Ratio of text and ground of every element with text of its own, where below `least`; SVG apart. */
const poorContrast = (least: number): string =>
  `(() => {
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.body.querySelectorAll(":not(svg, svg *, script, style, noscript, .unseen, .skip, :disabled)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (!own || element.closest("[hidden], noscript, .unseen")) continue;
    const [a, b] = [luminance(numbers(getComputedStyle(element).color)), luminance(groundOf(element))].sort((x, y) => x - y);
    if ((b + 0.05) / (a + 0.05) < ${least}) poor.push(element.outerHTML.slice(0, 80));
  }
  return poor;
})()`;

describe.skipIf(noBrowser !== "")(`the report in a browser${noBrowser && `: ${noBrowser}`}`, () => {
  let browser: Browser;
  let report: string;
  beforeAll(async () => {
    browser = await openBrowser();
    report = await renderReport(simulatedAnalysis({ genes: 120 }), { name: "test" });
  });
  afterAll(() => browser?.close());

  it("opens without a word in the console, and asks for nothing", async () => {
    await withPage(browser, report, {}, async ({ page, messages, requests }) => {
      expect(await page.title()).toContain("is better");
      expect(messages).toEqual([]);
      expect(requests).toEqual([]);
      expect(await inPage(page, `document.querySelectorAll("figure svg").length`)).toBeGreaterThan(60);
    });
  });

  it("sorts, searches and pages the table of genes", async () => {
    await withPage(browser, report, {}, async ({ page, messages }) => {
      const first = await inPage<string[]>(page, names);
      expect(first.length).toBe(50);
      const losses = await inPage<number[]>(page, column(12));
      expect(losses).toEqual(losses.toSorted((a, b) => b - a));
      await page.click("#genes thead th:nth-child(13) button");
      const ascending = await inPage<number[]>(page, column(12));
      expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
      expect(await inPage(page, `document.querySelector("#genes [aria-sort]").getAttribute("aria-sort")`))
        .toBe("ascending");
      await page.click("#genes thead th:first-child button");
      expect((await inPage<string[]>(page, names)).slice(0, 2)).toEqual(["GENE000", "GENE001"]);
      await page.click("#genes .bar button:last-child");
      expect((await inPage<string[]>(page, names))[0]).toBe("GENE050");
      expect(await inPage(page, `document.querySelector("#genes output").textContent`)).toBe(
        "rows 51 to 100 of 120",
      );
      await page.type("#genes input", "gene07");
      expect(await inPage(page, names)).toEqual(Array.from({ length: 10 }, (_, i) => `GENE07${i}`));
      expect(await inPage(page, `document.querySelector("#genes output").textContent`)).toBe(
        "10 rows (of 120)",
      );
      await page.type("#genes input", "no such");
      expect(await inPage(page, names)).toEqual([]);
      expect(messages).toEqual([]);
    });
  });

  it("sorts undefined numbers last, whichever way", async () => {
    const values = simulatedAnalysis({ genes: 120 });
    if (values.comparison.status !== "done") throw new Error("expected a comparison");
    const shown = values.comparison.result.byGene.map(({ baseAp }) => baseAp);
    const known = shown.filter((value) => value !== null).map((value) =>
      Number(value.toPrecision(6)).toFixed(4)
    ); // the page has six digits
    const dashes = shown.filter((value) => value === null).map(() => "–");
    expect(dashes.length).toBeGreaterThan(3);
    const cells = `[...document.querySelectorAll("#genes tbody tr")].map((row) => row.cells[8].textContent)`;
    await withPage(browser, report, {}, async ({ page }) => {
      for (const sign of [-1, 1]) {
        await page.click("#genes thead th:nth-child(9) button");
        const read: string[] = [];
        for (let turn = 0; turn < 3; turn++) {
          read.push(...await inPage<string[]>(page, cells));
          if (turn < 2) await page.click("#genes .bar button:last-child");
        }
        expect(read).toEqual([...known.toSorted((a, b) => sign * (Number(a) - Number(b))), ...dashes]);
      }
    });
  });

  it("shows the data of a chart when asked, by the keyboard too", async () => {
    await withPage(browser, report, {}, async ({ page, messages }) => {
      await page.focus("#figure-curve-roc-donor summary");
      await page.keyboard.press("Enter");
      const rows = await page.waitForSelector("#figure-curve-roc-donor tbody tr");
      expect(rows).not.toBeNull();
      expect(await inPage(page, `document.querySelector("#figure-curve-roc-donor output").textContent`))
        .toBe("rows 1 to 50 of 404");
      expect(messages).toEqual([]);
    });
  });

  it("gives data as CSV and charts as SVG that stand alone", async () => {
    await withPage(browser, report, {}, async ({ page, messages }) => {
      // What would be saved is kept instead.
      await inPage(
        page,
        `(() => {
        window.saved = [];
        URL.createObjectURL = (blob) => (blob.text().then((text) => window.saved.push(text)), "#");
        HTMLAnchorElement.prototype.click = function () { window.names = [...(window.names ?? []), this.download]; };
      })()`,
      );
      await page.click("#genes [data-csv]");
      await page.click("#figure-shap-swarm-donor [data-svg]");
      await page.waitForFunction("window.saved.length === 2");
      expect(await inPage(page, "window.names")).toEqual(["genes.csv", "shap-swarm-donor.svg"]);
      const [csv, svg] = await inPage<string[]>(page, "window.saved");
      const lines = csv.trim().split("\n");
      expect(lines.length).toBe(121);
      expect(lines[0]).toMatch(/^gene,chromosome,fold,rows,/);
      expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(svg).not.toContain("var(");
      expect(messages).toEqual([]);
    });
  });

  it("changes between light and dark", async () => {
    await withPage(browser, report, { scheme: "dark" }, async ({ page }) => {
      const ground = `getComputedStyle(document.body).backgroundColor`;
      const dark = await inPage<string>(page, ground);
      await page.click("#theme");
      const light = await inPage<string>(page, ground);
      expect([dark, light]).toEqual(["rgb(18, 23, 30)", "rgb(255, 255, 255)"]);
    });
  });

  it("fits a phone: no sideways scrolling of the page", async () => {
    for (const width of [320, 390, 768]) {
      await withPage(browser, report, { width }, async ({ page }) => {
        expect(await inPage(page, "document.documentElement.scrollWidth"), `${width}`).toBeLessThanOrEqual(
          width,
        );
      });
    }
  });

  it("can be read: contrast, names of controls, order of headings", async () => {
    for (const scheme of ["light", "dark"] as const) {
      await withPage(browser, report, { scheme }, async ({ page }) => {
        expect(await inPage(page, poorContrast(4.4)), scheme).toEqual([]);
      });
    }
    await withPage(browser, report, {}, async ({ page }) => {
      const nameless = `[...document.querySelectorAll("button, input, [role=region], nav, svg[role=img]")]
        .filter((element) => !(element.getAttribute("aria-label") ?? element.textContent ?? "").trim())
        .map((element) => element.outerHTML.slice(0, 80))`;
      expect(await inPage(page, nameless)).toEqual([]);
      const unnamed =
        `[...document.querySelectorAll("table")].filter((table) => !table.caption || !table.tHead).length`;
      expect(await inPage(page, unnamed)).toBe(0);
      expect(await inPage(page, `document.documentElement.lang`)).toBe("en");
      expect(await inPage(page, `document.querySelectorAll("h1").length`)).toBe(1);
    });
  });

  it("says where one is in the contents", async () => {
    await withPage(browser, report, {}, async ({ page }) => {
      await inPage(page, `document.getElementById("shap").scrollIntoView()`);
      await page.waitForFunction(`document.querySelector("nav [aria-current]")?.hash === "#shap"`);
    });
  });

  it("runs nothing of what the data's names hold", async () => {
    const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'`;
    const page = await renderReport(simulatedAnalysis({ hostile }), { name: hostile });
    await withPage(browser, page, {}, async ({ page, messages, requests }) => {
      await page.click("#figure-shap-swarm-donor summary");
      await page.waitForSelector("#figure-shap-swarm-donor tbody tr");
      expect((await inPage<string[]>(page, names))[0]).toContain(hostile);
      expect(messages).toEqual([]);
      expect(requests).toEqual([]);
    });
  });

  it("refuses scripts that are put into it", async () => {
    const attacked = report.replace("<footer>", '<script>document.title = "taken"</script><footer>');
    await withPage(browser, attacked, {}, async ({ page, messages }) => {
      expect(await page.title()).toContain("is better");
      expect(messages.join()).toContain("Content Security Policy");
    });
  });
});
