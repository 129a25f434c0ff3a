import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeText, inlineJson, markup, trusted } from "../../src/report/html.ts";

describe("markup", () => {
  it("escapes what is interpolated, but markup", () => {
    const name = `<script>"'&`;
    expect(markup`<b title="${name}">${name}</b>`.text)
      .toBe('<b title="&lt;script&gt;&quot;&#39;&amp;">&lt;script&gt;&quot;&#39;&amp;</b>');
    expect(markup`<p>${markup`<i>${1}</i>`}${[trusted("<hr>"), " & "]}</p>`.text).toBe(
      "<p><i>1</i><hr> &amp; </p>",
    );
    expect(markup`${null}${undefined}${false}${0}${""}`.text).toBe("0");
  });

  it("leaves nothing of any text that could be markup", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(escapeText(text)).not.toMatch(/[<>"']/);
    }));
  });
});

describe("JSON in a script element", () => {
  it("is the value, and cannot end the element", () => {
    const hostile = { a: "</script><!--<script>", b: ["\u2028\u2029&"], c: null };
    const { text } = inlineJson(hostile);
    expect(text).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual(hostile);
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const written = inlineJson(value).text;
      expect(written).not.toMatch(/[<>]/);
      expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)));
    }));
  });
});
