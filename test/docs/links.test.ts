/** Links between the pages lead somewhere, and to every page. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const repository = new URL("../../", import.meta.url);
const pages = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(new URL("docs", repository)).filter((name) => name.endsWith(".md")).map((name) =>
    `docs/${name}`
  ),
];

/** A heading as the fragment of a link. */
function fragmentOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\w\s-]/g, "").trim().replace(/\s/g, "-");
}

function linksOf(page: string): string[] {
  return [...readFileSync(new URL(page, repository), "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) =>
    to
  );
}

it("the README or the map of the source leads to every page", () => {
  const reached = ["README.md", "docs/architecture.md"].flatMap((page) =>
    linksOf(page).map((to) => new URL(to.split("#")[0], new URL(page, repository)).href)
  );
  expect(pages.filter((page) => page !== "README.md" && !reached.includes(new URL(page, repository).href)))
    .toEqual([]);
});

it.each(pages)("%s has no broken link", (page) => {
  const links = linksOf(page);
  const broken = links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path, fragment] = link.split("#");
    const target = path === "" ? new URL(page, repository) : new URL(path, new URL(page, repository));
    if (!existsSync(target)) return true;
    const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
      fragmentOf(text)
    );
    return fragment !== undefined && !headings.includes(fragment);
  });
  expect(broken).toEqual([]);
});
