import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Fields, listAt, parseXml, textAnyCase, textOf } from "../../../adapters/wecom/xml.ts";

function fieldsIn(xml: string): Fields {
  const parsed = parseXml(xml);
  assert.ok(parsed.outcome === "parsed", "was refused");
  return parsed.fields;
}

function textIn(inner: string): string | undefined {
  return textOf(fieldsIn(`<xml><A>${inner}</A></xml>`)["A"]);
}

describe("parsing WeCom's XML", () => {
  it("keeps numbers as they were written", () => {
    assert.equal(textIn("1234567890123456789"), "1234567890123456789");
    assert.equal(textIn("007"), "007");
  });

  it("reads an element with and without CDATA", () => {
    assert.equal(textIn("<![CDATA[a]]>"), "a");
    assert.equal(textIn("a"), "a");
  });

  it("reads an empty element in any spelling as an empty text", () => {
    for (const inner of ["", "<![CDATA[]]>", "\n"]) assert.equal(textIn(inner), "");
    assert.equal(textOf(fieldsIn("<xml><A/><B>1</B></xml>")["A"]), "");
  });

  it("leaves blanks and entities inside CDATA as they are", () => {
    assert.equal(textIn("<![CDATA[ a &lt; b\n]]>"), " a &lt; b\n");
  });

  it("joins a text that had to be cut into two CDATA sections", () => {
    assert.equal(textIn("<![CDATA[a]]]]><![CDATA[>b]]>"), "a]]>b");
  });

  it("reads the five plain entities outside CDATA once", () => {
    assert.equal(textIn("&lt;&gt;&quot;&apos;&amp;lt;"), "<>\"'&lt;");
  });

  it("keeps markup that a person typed inside CDATA", () => {
    assert.equal(textIn("<![CDATA[<!DOCTYPE html><b>&x;]]>"), "<!DOCTYPE html><b>&x;");
  });

  it("gives no text for an element that is missing, given twice or full of others", () => {
    const fields = fieldsIn("<xml><A>1</A><A>2</A><B><C>1</C></B></xml>");
    for (const name of ["A", "B", "Z"]) assert.equal(textOf(fields[name]), undefined);
  });

  it("makes a list of one where an element may be repeated", () => {
    const fields = fieldsIn("<xml><L><OptionId>1</OptionId></L></xml>");
    assert.deepEqual(listAt(fields, ["L", "OptionId"]).map(textOf), ["1"]);
    assert.deepEqual(listAt(fields, ["M", "OptionId"]), []);
  });

  it("finds a field whatever the case of its name", () => {
    assert.equal(textAnyCase(fieldsIn("<xml><AgentId>5</AgentId></xml>"), "AgentID"), "5");
  });

  it("accepts an XML declaration in front", () => {
    assert.equal(textAnyCase(fieldsIn('<?xml version="1.0"?>\n<xml><A>1</A></xml>'), "A"), "1");
  });

  const refusedTexts: Record<string, string> = {
    "a document type": '<!DOCTYPE xml [<!ENTITY x "y">]><xml><A>&x;</A></xml>',
    "a document type in small letters": "<!doctype xml><xml><A>1</A></xml>",
    "an entity": '<xml><!ENTITY x SYSTEM "file:///etc/passwd"><A>1</A></xml>',
    "a comment, which could hide a CDATA section": "<xml><!-- <![CDATA[ --><A>1</A><!-- ]]> --></xml>",
    "a CDATA section without an end": "<xml><A><![CDATA[1</A></xml>",
    "another processing instruction": '<?xml-stylesheet href="x"?><xml><A>1</A></xml>',
    "a name that reaches into objects": "<xml><__proto__>1</__proto__></xml>",
    "elements nested without end": `<xml>${"<a>".repeat(40)}x${"</a>".repeat(40)}</xml>`,
    "elements without number": `<xml>${"<a/>".repeat(3_000)}</xml>`,
    "another root": "<html><A>1</A></html>",
    "two roots": "<xml><A>1</A></xml><xml><A>2</A></xml>",
    "no markup": "hello",
    JSON: '{"xml":{"A":"1"}}',
    nothing: "",
  };
  for (const [what, xml] of Object.entries(refusedTexts)) {
    it(`refuses ${what}`, () => {
      assert.equal(parseXml(xml).outcome, "refused");
    });
  }

  it("refuses a megabyte of unclosed sections without reading it again and again", () => {
    assert.equal(parseXml(`<xml>${"<![CDATA[".repeat(110_000)}`).outcome, "refused");
  });
});
