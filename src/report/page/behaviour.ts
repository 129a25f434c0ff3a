/** What the page does: theme, tables, downloads, the place in the contents. Everything works without it but these. */
import type { Column } from "../table.ts";
import type { NumberKind } from "../numbers.ts";

type Cell = string | number | null;
type Table = { readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] };
type Format = (value: number | null | undefined, kind: NumberKind) => string;

/**
 * The script of the page. Its text is put into the page, so it may use nothing from outside itself.
 *
 * @param colours by variable, for charts that are downloaded
 * @param formatNumber as in numbers.ts
 */
export function behaviour(colours: Readonly<Record<string, string>>, formatNumber: Format): void {
  const PAGE = 50;
  const root = document.documentElement;
  const all = <E extends Element>(selector: string): E[] => [...document.querySelectorAll<E>(selector)];
  let parsed: Record<string, Table> | undefined;
  const tableOf = (id: string): Table =>
    (parsed ??= JSON.parse(document.getElementById("tables")!.textContent!) as Record<string, Table>)[id];

  function element<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes: Readonly<Record<string, string>> = {},
    ...children: readonly (Node | string)[]
  ): HTMLElementTagNameMap[K] {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function download(name: string, type: string, text: string): void {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const link = element("a", { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  function csvOf({ columns, rows }: Table): string {
    const quoted = (cell: Cell): string => {
      const text = cell === null ? "" : String(cell);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [columns.map(({ name }) => name), ...rows].map((row) => row.map(quoted).join(",") + "\n").join("");
  }

  function svgOf(svg: SVGElement): string {
    const copy = svg.cloneNode(true) as SVGElement;
    copy.setAttribute(
      "style",
      `font-family:sans-serif;font-size:12px;color:${colours.ink};background:${colours.ground}`,
    );
    return new XMLSerializer().serializeToString(copy)
      .replace(/var\(--([a-z]+)\)/g, (whole, name: string) => colours[name] ?? whole);
  }

  /** Order of two cells; undefined ones come last whichever way it goes. */
  function compare(a: Cell, b: Cell, sign: number): number {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
  }

  function fill(host: HTMLElement): void {
    const { columns, rows } = tableOf(host.dataset.table!);
    const caption = host.dataset.caption!;
    const order = rows.map((_, i) => i);
    let kept = order;
    let page = 0;
    let sorted = { column: -1, descending: false };
    const named = columns.findIndex(({ name }) => name === host.dataset.sorted);
    if (named >= 0) sorted = { column: named, descending: host.dataset.descending === "true" };

    const body = element("tbody");
    const count = element("output", { "aria-live": "polite" });
    const back = element("button", { type: "button" }, "Previous");
    const next = element("button", { type: "button" }, "Next");
    const search = element("input", {
      type: "search",
      "aria-label": `Search in: ${caption}`,
      placeholder: "search",
    });
    const heads = columns.map(({ title, kind, hint }, i) => {
      const button = element("button", { type: "button" }, title);
      const head = element("th", {
        scope: "col",
        ...(kind !== "text" && { class: "number" }),
        ...(hint && { title: hint }),
      }, button);
      button.addEventListener("click", () => {
        const descending = sorted.column === i ? !sorted.descending : kind !== "text";
        sorted = { column: i, descending };
        kept.sort((a, b) => compare(rows[a][i], rows[b][i], descending ? -1 : 1) || a - b);
        page = 0;
        show();
      });
      return head;
    });

    function show(): void {
      heads.forEach((head, i) => {
        if (i === sorted.column) {
          head.setAttribute("aria-sort", sorted.descending ? "descending" : "ascending");
        } else head.removeAttribute("aria-sort");
      });
      const from = page * PAGE;
      const shown = kept.slice(from, from + PAGE);
      body.replaceChildren(...shown.map((row) =>
        element(
          "tr",
          {},
          ...rows[row].map((cell, i) => {
            const { kind } = columns[i];
            const text = typeof cell === "string"
              ? cell
              : formatNumber(cell, kind === "text" ? "general" : kind);
            const number: Record<string, string> = kind === "text" ? {} : { class: "number" };
            return i === 0 ? element("th", { scope: "row", ...number }, text) : element("td", number, text);
          }),
        )
      ));
      const of = kept.length < rows.length ? ` (of ${formatNumber(rows.length, "count")})` : "";
      count.textContent = kept.length === 0
        ? "no rows"
        : kept.length <= PAGE
        ? `${formatNumber(kept.length, "count")} ${kept.length === 1 ? "row" : "rows"}${of}`
        : `rows ${formatNumber(from + 1, "count")} to ${formatNumber(from + shown.length, "count")} of ${
          formatNumber(kept.length, "count")
        }${of}`;
      back.disabled = page === 0;
      next.disabled = from + PAGE >= kept.length;
    }

    function turn(by: number): void {
      page += by;
      show();
    }
    back.addEventListener("click", () => turn(-1));
    next.addEventListener("click", () => turn(1));
    search.addEventListener("input", () => {
      const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
      kept = order.filter((row) => {
        const text = rows[row].filter((cell) => typeof cell === "string").join(" ").toLowerCase();
        return words.every((word) => text.includes(word));
      });
      const { column, descending } = sorted;
      if (column >= 0) {
        kept.sort((a, b) => compare(rows[a][column], rows[b][column], descending ? -1 : 1) || a - b);
      }
      page = 0;
      show();
    });

    const bar = element("div", { class: "bar" });
    if (rows.length > 10 && columns.some(({ kind }) => kind === "text")) bar.append(search);
    bar.append(count);
    if (rows.length > PAGE) bar.append(back, next);
    const table = element(
      "table",
      {},
      element("caption", { class: "unseen" }, caption),
      element("thead", {}, element("tr", {}, ...heads)),
      body,
    );
    const scroll = element(
      "div",
      { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
      table,
    );
    host.replaceChildren(bar, scroll);
    show();
  }

  for (const host of all<HTMLElement>("[data-table]")) {
    const details = host.closest("details");
    if (!details) fill(host);
    else details.addEventListener("toggle", () => fill(host), { once: true });
  }
  for (const button of all<HTMLButtonElement>("[data-csv]")) {
    button.addEventListener(
      "click",
      () => download(`${button.dataset.file!}.csv`, "text/csv", csvOf(tableOf(button.dataset.csv!))),
    );
  }
  for (const button of all<HTMLButtonElement>("[data-svg]")) {
    button.addEventListener("click", () => {
      const id = button.dataset.svg!;
      const svg = document.getElementById(`figure-${id}`)!.querySelector("svg")!;
      download(`${id}.svg`, "image/svg+xml", svgOf(svg));
    });
  }

  const toggle = document.getElementById("theme")!;
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const links = new Map(all<HTMLAnchorElement>("nav a").map((link) => [link.hash.slice(1), link]));
  const seen = new Set<string>();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target.id);
      else seen.delete(target.id);
    }
    const first = [...links.keys()].find((id) => seen.has(id));
    for (const [id, link] of links) {
      if (id === first) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "0px 0px -60% 0px" });
  for (const section of all("main section[id]")) watcher.observe(section);
}
