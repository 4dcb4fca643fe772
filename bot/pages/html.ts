import { shownText } from "../../core/pages/index.ts";

const MARKUP = Symbol("markup");

/** Markup of ours. Nothing that was parsed out of JSON or a form can be one. */
export interface Html {
  readonly [MARKUP]: string;
}

/** What may stand in markup: texts and numbers are escaped, lists are put together, nothing is nothing. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

/**
 * Markup with parts put in. Every part that is not markup itself is escaped, and shown so that nothing in it hides:
 * there is no way to put a text in as it is. Attributes must stand in double quotes.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const pieces = strings.map((text, index) => text + (index < parts.length ? rendered(parts[index]) : ""));
  return { [MARKUP]: pieces.join("") };
}

/** Our own style as an element; never a text of others. */
export function styleElement(style: string): Html {
  return { [MARKUP]: `<style>${style}</style>` };
}

/** The markup as text, to be sent. */
export function markupOf(markup: Html): string {
  return markup[MARKUP];
}

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function rendered(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (typeof part === "string") return shownText(part).replace(/[&<>"']/g, (one) => ESCAPES[one] ?? one);
  if (typeof part === "number") return String(part);
  return isList(part) ? part.map(rendered).join("") : part[MARKUP];
}

function isList(part: Html | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}
