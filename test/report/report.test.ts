import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { Analysis } from "../../src/evaluation/document.ts";
import { renderReport, reportFigures } from "../../src/report/report.ts";
import { simulatedAnalysis } from "./fixture/analysis.ts";

const PARTS = [
  "folds",
  "comparison",
  "againstRecalibrated",
  "curves",
  "thresholds",
  "calibration",
  "overconfidence",
  "leakage",
  "shuffled",
  "overfitting",
  "holdouts",
  "heldOut",
  "neighbours",
  "importance",
  "shap",
] as const;

function withoutParts(): Analysis {
  const absent = PARTS.map((part) => [part, { status: "impossible", reason: `No ${part} <here>.` }]);
  return { ...simulatedAnalysis(), ...Object.fromEntries(absent) } as Analysis;
}

const documentOf = (page: string): Document => parseHTML(page).document as unknown as Document;

/** Text that a reader sees, without the data of tables and the script. */
function visibleText(page: string): string {
  const document = documentOf(page);
  for (const script of document.querySelectorAll("script, style")) script.remove();
  return document.body.textContent ?? "";
}

/** What must not be read in a report, with what stands around it. */
function notNumbers(page: string): string[] {
  const text = visibleText(page);
  return [...text.matchAll(/NaN|undefined(?!_metric)|\[object|Infinity|\bnull\b/g)]
    .map(({ index }) => text.slice(index - 40, index + 40));
}

describe("the report", () => {
  it("opens with the verdict, and has every section, figure and table once", async () => {
    const analysis = simulatedAnalysis();
    const page = await renderReport(analysis, { name: "my run" });
    const document = documentOf(page);
    expect(document.querySelector("h1")?.textContent).toBe("The meta-model is better than the base model");
    expect(document.title).toBe("The meta-model is better than the base model – my run");
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id } of reportFigures(analysis)) expect(ids).toContain(`figure-${id}`);
    const headings = [...document.querySelectorAll("h1, h2, h3")].map(({ localName }) =>
      Number(localName[1])
    );
    headings.slice(1).forEach((level, i) => expect(level - headings[i]).toBeLessThanOrEqual(1));
  });

  it("is the same text each time", async () => {
    const [a, b] = [await renderReport(simulatedAnalysis()), await renderReport(simulatedAnalysis())];
    expect(a).toBe(b);
  });

  it("needs nothing from elsewhere", async () => {
    const page = await renderReport(simulatedAnalysis());
    const document = documentOf(page);
    expect(document.querySelectorAll("link, img, iframe, object, embed, script[src], [srcset]").length).toBe(
      0,
    );
    const targets = [...document.querySelectorAll("[href], [src]")].map((element) =>
      element.getAttribute("href")
    );
    expect(targets.filter((href) => !href?.startsWith("#"))).toEqual([]);
    expect(page).not.toMatch(/@import|url\(/);
    expect(page).toContain("default-src &#39;none&#39;");
  });

  it("leads every link within it to a place", async () => {
    const document = documentOf(await renderReport(simulatedAnalysis()));
    const links = [...document.querySelectorAll("a[href]")].map((link) =>
      link.getAttribute("href")!.slice(1)
    );
    expect(links.length).toBeGreaterThan(30);
    for (const id of links) expect(document.getElementById(id), id).not.toBeNull();
  });

  it("says why a part is not there, in place of numbers", async () => {
    const page = await renderReport(withoutParts());
    for (
      const part of [
        "folds",
        "curves",
        "thresholds",
        "calibration",
        "leakage",
        "overfitting",
        "neighbours",
        "importance",
        "shap",
      ]
    ) {
      expect(page).toContain(`No ${part} &lt;here&gt;.`);
    }
    expect(page).toContain("A meta-model that was not judged on genes it never saw");
    expect(notNumbers(page)).toEqual([]);
    expect(reportFigures(withoutParts())).toEqual([]);
  });

  it("shows no number that is none", async () => {
    const page = await renderReport(simulatedAnalysis());
    expect(notNumbers(page)).toEqual([]);
  });

  it("holds with every number undefined", async () => {
    const nulled = JSON.parse(JSON.stringify(simulatedAnalysis()), (key, value) => {
      const nullable = /^(value|low|high|p|pHolm|mean|sd|q25|median|q75|byChance|gainShare|metShare|auc)$/;
      return typeof value === "number" && nullable.test(key) ? null : value;
    }) as Analysis;
    const page = await renderReport(nulled);
    expect(notNumbers(page)).toEqual([]);
  });

  it("holds for one gene, one feature and one row explained", async () => {
    const page = await renderReport(simulatedAnalysis({ genes: 1, features: 1, shapRows: 1 }));
    expect(notNumbers(page)).toEqual([]);
  });

  it("warns of permuted labels and of leaks that were kept", async () => {
    const analysis = simulatedAnalysis();
    expect(await renderReport(analysis)).not.toContain('class="warning"');
    const shuffled = { ...analysis, run: { ...analysis.run, shuffledLabels: true } };
    expect(await renderReport(shuffled)).toContain("it is no result");
    if (analysis.leakage.status !== "done") throw new Error("expected a screen");
    const kept = {
      ...analysis,
      leakage: { ...analysis.leakage, result: { ...analysis.leakage.result, finalLeftOut: [] } },
    };
    expect(await renderReport(kept)).toContain("1 feature that gives the label away was kept in training");
  });

  it("escapes every name of the data, wherever it stands", async () => {
    const hostile = `</script><img src=x onerror=alert(1)>"'&`;
    const page = await renderReport(simulatedAnalysis({ hostile }), { name: hostile });
    expect(page).not.toContain("<img");
    expect(page.match(/<\/script>/g)?.length).toBe(2);
    const document = documentOf(page);
    const handlers = [...document.querySelectorAll("*")].filter((element) =>
      [...element.attributes].some(({ name }) => name.startsWith("on"))
    );
    expect(handlers).toEqual([]);
    const tables = JSON.parse(document.getElementById("tables")!.textContent!);
    expect(tables["gene-table"].rows[0][0]).toContain(hostile);
  });

  it("says how large it is, and stays usable with 20,000 genes", async () => {
    const page = await renderReport(simulatedAnalysis({ genes: 20_000, shapRows: 3 }));
    const bytes = new TextEncoder().encode(page).length;
    expect(page).toContain(`One file of ${(bytes / 1e6).toFixed(1)} MB`);
    expect(bytes).toBeLessThan(6e6);
    expect(page).toContain("The first chart shows 3,000 of 20,000 genes");
    expect(documentOf(page).querySelectorAll("#genes tbody tr").length).toBe(20);
  });
});
