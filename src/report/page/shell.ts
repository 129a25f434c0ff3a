/** The page around the sections: one file, no network. */
import { Sha256 } from "../../numerics/sha256.ts";
import type { Section } from "../blocks.ts";
import { LIGHT } from "../charts/theme.ts";
import { glossaryList } from "../glossary.ts";
import { inlineJson, type Markup, markup, trusted } from "../html.ts";
import { formatBytes, formatNumber } from "../numbers.ts";
import { type DataTable, tableData } from "../table.ts";
import { behaviour } from "./behaviour.ts";
import { STYLES } from "./styles.ts";

export interface Page {
  readonly title: string;
  /** Name of the run. */
  readonly name: string;
  readonly sections: readonly Section[];
  readonly body: Markup;
  readonly tables: ReadonlyMap<string, DataTable>;
}

/** Stands where the size of the file is said, until it is known. */
const SIZE = "\uE000size\uE000";

export function pageText({ title, name, sections, body, tables }: Page): string {
  const script = `(${behaviour})(${inlineJson(LIGHT)},${formatNumber})`;
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${base64Sha256(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const data = Object.fromEntries([...tables].map(([id, table]) => [id, tableData(table)]));
  const links = [...sections.map(({ id, title, short }) => [id, short ?? title]), ["glossary", "Glossary"]];
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} – ${name}</title>
<style>${trusted(STYLES)}</style>
</head>
<body>
<a class="skip" href="#verdict">To the verdict</a>
<header><span>spliceboost report: ${name}</span><button type="button" id="theme" hidden>Light / dark</button></header>
<div class="layout">
<nav aria-label="Contents"><ul>${
    links.map(([id, text]) => markup`<li><a href="#${id}">${text}</a></li>`)
  }</ul></nav>
<main>
${body}<section id="glossary" aria-labelledby="glossary-title"><h2 id="glossary-title">Glossary</h2>${glossaryList()}</section>
</main>
</div>
<footer><p>One file of ${SIZE}; it loads nothing and sends nothing.</p></footer>
<script type="application/json" id="tables">${inlineJson(data)}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.text;
  return page.replace(SIZE, formatBytes(new TextEncoder().encode(page).length));
}

/** The SHA-256 of a text's UTF-8 bytes, as content security policies have it. */
function base64Sha256(text: string): string {
  const hex = new Sha256().update(new TextEncoder().encode(text)).hex();
  return btoa(hex.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))));
}
