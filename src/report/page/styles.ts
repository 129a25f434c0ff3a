/** The style sheet of the page: light, dark, print, phone. */
import { DARK, declarations, LIGHT } from "../charts/theme.ts";

const PAGE_LIGHT = "--panel:#f5f7fa;--warn:#fff3d6;--warn-ink:#5c3d00;color-scheme:light";
const PAGE_DARK = "--panel:#1b222c;--warn:#3d2f0d;--warn-ink:#ffdf9e;color-scheme:dark";

const light = `${declarations(LIGHT)};${PAGE_LIGHT}`;
const dark = `${declarations(DARK)};${PAGE_DARK}`;

export const STYLES = `
:root{${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
:root[data-theme=light]{${light}}
:root[data-theme=dark]{${dark}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
a{color:var(--meta)}
a.term{color:inherit;text-decoration:underline dotted;text-underline-offset:.2em;text-decoration-color:var(--quiet)}
:focus-visible{outline:2px solid var(--meta);outline-offset:2px}
code{font:.9em ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--ground);padding:.5rem 1rem;z-index:2}
header{max-width:92rem;margin:0 auto;padding:1.2rem 1.5rem .2rem;display:flex;gap:1rem;justify-content:space-between;align-items:baseline;color:var(--quiet)}
.layout{max-width:92rem;margin:0 auto;padding:0 1.5rem 4rem;display:grid;grid-template-columns:10.5rem minmax(0,1fr);gap:2rem;align-items:start}
nav{position:sticky;top:1rem;font-size:.93rem;max-height:calc(100vh - 2rem);overflow:auto}
nav ul{list-style:none;margin:0;padding:0}
nav a{display:block;padding:.22rem .7rem;color:var(--quiet);text-decoration:none;border-left:2px solid var(--rule)}
nav a:hover{color:var(--ink)}
nav a[aria-current]{color:var(--ink);border-color:var(--meta);font-weight:600}
main{min-width:0}
footer{max-width:92rem;margin:0 auto;padding:0 1.5rem 2rem;color:var(--quiet);font-size:.9rem}
h1{font-size:1.9rem;line-height:1.2;margin:.2rem 0 1rem;max-width:40rem;text-wrap:balance}
h2{font-size:1.4rem;margin:0 0 .8rem}
h3{font-size:1.08rem;margin:1.8rem 0 .5rem}
section+section{border-top:1px solid var(--rule);margin-top:2.5rem;padding-top:2rem}
p,main ul{max-width:47rem;margin:.5rem 0 .9rem}
main li{margin:.25rem 0}
.remarks{color:var(--quiet);font-size:.9rem}
.absent{background:var(--panel);border-left:3px solid var(--rule);padding:.6rem .9rem}
.warning{background:var(--warn);color:var(--warn-ink);padding:.7rem 1rem;border-radius:.4rem}
.warning a{color:inherit}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:.8rem;margin:1rem 0 1.2rem}
.tile{background:var(--panel);border-radius:.5rem;padding:.8rem 1rem;font-size:.9rem}
.tile .name{font-weight:600}
.tile .figure{font-size:1.45rem;font-weight:650;font-variant-numeric:tabular-nums;white-space:nowrap}
.tile .small{color:var(--quiet);font-size:.82rem}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr));gap:1.6rem 1.4rem;margin:.8rem 0 1.2rem}
figure{margin:0;min-width:0;max-width:33rem}
figure.spread,figure:has(details[open]){max-width:none}
figure:has(details[open]){grid-column:1/-1}
figure svg{display:block;max-width:100%;height:auto;overflow:visible}
figure svg text{white-space:pre}
.tools{display:flex;gap:.5rem;align-items:baseline;flex-wrap:wrap;font-size:.85rem;margin-top:.2rem}
details>summary{cursor:pointer;color:var(--quiet)}
details.table{margin:.8rem 0}
button{font:inherit;color:var(--ink);background:var(--panel);border:1px solid var(--rule);border-radius:.35rem;padding:.15rem .6rem;cursor:pointer}
button:hover:not(:disabled){border-color:var(--quiet)}
button:disabled{opacity:.45;cursor:default}
.scroll{overflow-x:auto;max-width:100%;margin:.6rem 0 1rem}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.28rem .6rem;border-bottom:1px solid var(--rule);vertical-align:top;font-weight:400;max-width:34rem}
td:not(.number){min-width:5rem}
tbody th{min-width:8rem}
thead th{min-width:4.2rem}
tbody th,thead th:first-child{position:sticky;left:0;background:var(--ground)}
thead th{font-weight:600;vertical-align:bottom;border-bottom:2px solid var(--rule)}
th.number,td.number{text-align:right}
td.number,tbody th.number{white-space:nowrap}
thead button{background:none;border:0;padding:0;font-weight:600;text-align:inherit;border-radius:0}
thead button::after{content:"";display:inline-block;width:1em;text-align:center;color:var(--quiet)}
[aria-sort=ascending] button::after{content:"↑"}
[aria-sort=descending] button::after{content:"↓"}
.bar{display:flex;flex-wrap:wrap;gap:.5rem .8rem;align-items:baseline;font-size:.9rem;margin:.6rem 0}
.bar output{color:var(--quiet)}
input{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--quiet);border-radius:.35rem;padding:.15rem .5rem;max-width:14rem}
.facts{display:grid;gap:.35rem 1.5rem;margin:.6rem 0 1rem;max-width:60rem}
.facts div{display:grid;grid-template-columns:minmax(7rem,11rem) minmax(0,1fr);gap:1rem}
.facts dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
.glossary{columns:2 26rem;column-gap:2.5rem;margin:0}
.glossary div{break-inside:avoid;padding:0 0 .8rem}
.glossary dt{font-weight:600}
:target{background:var(--panel)}
@media (max-width:60rem){
.layout{display:block;padding:0 1rem 3rem}
header{padding:1rem 1rem 0}
nav{position:static;max-height:none;margin:.3rem 0 1.2rem}
nav ul{display:flex;flex-wrap:wrap;gap:.1rem .3rem}
nav a{border:0;padding:.3rem .45rem;text-decoration:underline}
nav a[aria-current]{font-weight:400}
h1{font-size:1.5rem}
}
@media (max-width:34rem){
.facts div{grid-template-columns:1fr;gap:0}
table{font-size:.82rem}
th,td{padding:.25rem .5rem}
td:not(.number){min-width:4rem}
tbody th{min-width:5rem}
}
@media print{
:root,:root[data-theme]{${light}}
nav,.tools,.bar,header button,.skip,details:not([open]){display:none}
.layout{display:block;padding:0}
body{font-size:10pt}
figure,.tile,tr{break-inside:avoid}
h2,h3{break-after:avoid}
.figures{grid-template-columns:1fr 1fr}
.scroll{overflow:visible}
table{font-size:8pt}
a{color:inherit;text-decoration:none}
}
`;
