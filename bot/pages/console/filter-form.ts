import type { Context } from "koa";
import type { Guest } from "../guest.ts";
import { type Html, html, type Part } from "../html.ts";
import { LOGGED_IN } from "../return-path.ts";

/** One field of a form that asks for the same page with another query. */
export interface Field {
  /** The parameter of the query that it holds. */
  name: string;
  part: Html;
}

/** One choice of a field that has several; `text` is what is read. */
export interface Option {
  value: string;
  text: string;
}

/** A field in which one thing is chosen; the first option is what counts when nothing is. */
export function choiceField(ctx: Context, name: string, label: string, options: readonly Option[]): Field {
  const now = askedFor(ctx, name);
  const isListed = options.some(({ value }) => value === now);
  const listed = [...options, ...(isListed ? [] : [{ value: now, text: now }])].map(({ value, text }) => {
    return html`<option value="${value}"${value === now && html` selected`}>${text}</option>`;
  });
  return { name, part: html`<label>${label}<select name="${name}">${listed}</select></label>` };
}

const MOST_OFFERED = 300;

/** A field for a text; `known` are offered and others may be written. */
export function textField(ctx: Context, name: string, label: string, known: readonly string[] = []): Field {
  const listed = known.slice(0, MOST_OFFERED).map((one) => html`<option value="${one}">`);
  const list = known.length > 0 && html`<datalist id="known-${name}">${listed}</datalist>`;
  const from = known.length > 0 && html` list="known-${name}"`;
  const input = html`<input name="${name}" value="${askedFor(ctx, name)}" maxlength="1000" autocomplete="off"${from}>`;
  return { name, part: html`<label>${label}${input}</label>${list}` };
}

/** What a query has for a parameter; several values as they may be written in one. */
function askedFor(ctx: Context, name: string): string {
  return new URLSearchParams(ctx.querystring).getAll(name).join(",");
}

/** The form itself. What a query holds besides, such as the incident that a link has led to, is kept and told. */
export function filterForm(
  ctx: Context,
  { path, fields, texts }: { path: string; fields: readonly Field[] } & Pick<Guest, "texts">,
): Html {
  const { search, clear, only } = texts.console.filter;
  const own = [LOGGED_IN, "after", ...fields.map(({ name }) => name)];
  const others = [...new URLSearchParams(ctx.querystring)].filter(([name, value]) => {
    return value !== "" && !own.includes(name);
  });
  const hidden = others.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  const told: Part =
    others.length > 0 && html`<p class="soft">${only(others.map((pair) => pair.join("=")).join(" · "))}</p>`;
  const buttons = html`<div class="row"><button>${search}</button><a class="button quiet" href="${path}">${clear}</a></div>`;
  const inside = [fields.map(({ part }) => part), hidden, buttons];
  return html`<form class="filter" method="get" action="${path}" accept-charset="utf-8">${inside}</form>${told}`;
}
