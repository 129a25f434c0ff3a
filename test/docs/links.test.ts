/** Links between the pages lead somewhere. */
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

it.each(pages)("%s has no broken link", (page) => {
  const links = [...readFileSync(new URL(page, repository), "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map((
    [, to],
  ) => to);
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
