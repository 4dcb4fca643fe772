import { XMLParser } from "fast-xml-parser";

/** One element: text, text that stood in CDATA, or elements by name. */
export type XmlNode = string | { [name: string]: XmlNode | XmlNode[] };

/** Parsed fields, or why the text was not parsed. */
export type ParsedXml =
  | { outcome: "parsed"; fields: Fields }
  | { outcome: "refused"; reason: "bad_xml"; message: string };

/** The elements below `<xml>`. */
export type Fields = { [name: string]: XmlNode | XmlNode[] };

const CDATA = "__cdata";
const CDATA_OPEN = "<![CDATA[";
const CDATA_CLOSE = "]]>";
/** WeCom's deepest event has seven levels; its longest far fewer elements. */
const MAX_DEPTH = 16;
const MAX_ELEMENTS = 2_000;
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

// Values stay strings: MsgId has more digits than a number keeps, and TaskId "007" is not 7.
const parser = new XMLParser({
  parseTagValue: false,
  processEntities: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  cdataPropName: CDATA,
  maxNestedTags: MAX_DEPTH,
});

function isNode(value: unknown): value is { [name: string]: XmlNode | XmlNode[] } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(node: XmlNode): node is string {
  return typeof node === "string";
}

/** The text without its CDATA sections; null when one is not closed. Linear, unlike a lazy pattern. */
function withoutCdata(xml: string): string | null {
  let rest = "";
  let at = 0;
  for (;;) {
    const open = xml.indexOf(CDATA_OPEN, at);
    if (open < 0) return rest + xml.slice(at);
    const close = xml.indexOf(CDATA_CLOSE, open);
    if (close < 0) return null;
    rest += xml.slice(at, open);
    at = close + CDATA_CLOSE.length;
  }
}

/** Declarations are refused before the parser sees them; in CDATA they are what a person typed. */
function whyNotPlain(xml: string): string | null {
  const markup = withoutCdata(xml);
  if (markup === null) return "a CDATA section is not closed";
  if (markup.includes("<!")) return "declarations, entities and comments are not accepted";
  if (/<\?(?!xml[\s?])/i.test(markup)) return "processing instructions are not accepted";
  return markup.split("<").length > MAX_ELEMENTS ? "too many elements" : null;
}

function refused(message: string): ParsedXml {
  return { outcome: "refused", reason: "bad_xml", message };
}

function parsed(xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch {
    // The parser's message may quote the body, which is not ours to repeat.
    return undefined;
  }
}

/** Parses WeCom's flat XML: no declarations, no entities, bounded depth and size, every value a string. */
export function parseXml(xml: string): ParsedXml {
  const problem = whyNotPlain(xml);
  if (problem !== null) return refused(problem);
  const document = parsed(xml);
  const root = isNode(document) ? document["xml"] : undefined;
  if (!isNode(root)) return refused("there is no single <xml> element");
  return { outcome: "parsed", fields: root };
}

function decodeEntities(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

/** The text of one element; undefined when it is missing, given twice or has elements inside. */
export function textOf(node: XmlNode | XmlNode[] | undefined): string | undefined {
  if (typeof node === "string") return decodeEntities(node);
  if (!isNode(node)) return undefined;
  const sections = listAt(node, [CDATA]);
  return sections.length > 0 && sections.every(isText) ? sections.join("") : undefined;
}

/** The text of a field, found whatever the case of its name: old events spell AgentID as AgentId. */
export function textAnyCase(fields: Fields, name: string): string | undefined {
  const found = Object.keys(fields).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : textOf(fields[found]);
}

/** The elements at `path` below a node; a single one counts as a list of one. */
export function listAt(fields: Fields, path: readonly string[]): XmlNode[] {
  let node: XmlNode | XmlNode[] | undefined = fields;
  for (const name of path) node = isNode(node) ? node[name] : undefined;
  if (node === undefined) return [];
  return Array.isArray(node) ? node : [node];
}

/** Narrows an element to one that has elements inside. */
export function fieldsOf(node: XmlNode): Fields {
  return isNode(node) ? node : {};
}
