import type { Json, JsonObject } from "../../core/ids/index.ts";
import { type Html, html, type Part } from "./html.ts";

/** A heading with what belongs to it; nothing where there is nothing. */
export function section(heading: string, ...parts: readonly Part[]): Html | null {
  return parts.some(Boolean) ? html`<section><h2>${heading}</h2>${parts}</section>` : null;
}

/** A list of facts without those that have no value. */
export function factList(facts: readonly (readonly [label: string, value: Part])[]): Html | null {
  const told = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (told.length === 0) return null;
  return html`<dl>${told.map(factPart)}</dl>`;
}

/** Names and values as facts, with what their writer called them: either may be long, so that a phone stacks them. */
export function valueList(values: JsonObject): Html | null {
  const told = Object.entries(values).map(([name, value]) => {
    return factPart([name, html`<code>${valueText(value)}</code>`]);
  });
  return told.length > 0 ? html`<dl class="values">${told}</dl>` : null;
}

function factPart([label, value]: readonly [label: string, value: Part]): Html {
  return html`<dt>${label}</dt><dd>${value}</dd>`;
}

/** A long value is there for those who want it. */
export function folded(summary: string, body: Part): Html | null {
  return body ? html`<details><summary>${summary}</summary>${body}</details>` : null;
}

const MOST_CHARACTERS = 16_000;
/** What is no longer reads better in one line. */
const LINE_CHARACTERS = 60;

/** A value whole, or its beginning where it is very long. */
export function valueText(value: Json, cut = "…"): string {
  const text = typeof value === "string" ? value : jsonText(value);
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}${cut}`;
}

function jsonText(value: Json): string {
  const line = JSON.stringify(value);
  return line.length <= LINE_CHARACTERS ? line : JSON.stringify(value, null, 1);
}
