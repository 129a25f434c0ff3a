import { expect, it } from "vitest";
import { parametersMarkdown } from "../../src/trees/parameter-docs.ts";

it("docs/parameters.md is what the tables say", async () => {
  await expect(parametersMarkdown()).toMatchFileSnapshot("../../docs/parameters.md");
});
