import type { Context } from "koa";
import { listTime, pageTime } from "../../../core/pages/index.ts";
import type { ParameterFault } from "../../http/api/query.ts";
import type { Guest } from "../guest.ts";
import { type Html, html, type Part } from "../html.ts";
import { LOGGED_IN } from "../return-path.ts";
import { type Site, showPage } from "../site.ts";

/** Answers a guest with a page of the console. */
export function showGuest(
  ctx: Context,
  site: Site,
  page: { guest: Guest; title: string; main: Part; status?: number },
): void {
  const { guest, title, main, status = 200 } = page;
  site.metrics.count("pages", { outcome: "shown" });
  showPage(ctx, site, { status, texts: guest.texts, title, main, visitor: guest.visitor });
}

/**
 * A table, of which each row stands as a block of its own on a phone. Its first column says what a row is; one in which
 * no row has anything is left out.
 */
export function table(heads: readonly string[], rows: readonly (readonly Part[])[]): Html {
  const told = heads.flatMap((text, at) =>
    rows.some((cells) => hasSomething(cells[at])) ? [{ text, at }] : [],
  );
  const head = told.map(({ text }) => html`<th scope="col">${text}</th>`);
  const body = rows.map((cells) => {
    return html`<tr>${told.map(({ text, at }) => html`<td data-label="${text}">${cells[at]}</td>`)}</tr>`;
  });
  return html`<table class="rows"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function hasSomething(part: Part): boolean {
  return part !== null && part !== undefined && part !== false && part !== "";
}

/** An instant in a list; all of it is told to who points at it. */
export function timePart(ms: number, timeZone: string): Html | null {
  if (!Number.isFinite(ms)) return null;
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}" title="${pageTime(ms, timeZone)}">${listTime(ms, timeZone)}</time>`;
}

/** One choice of a field that has several; `text` is what is read. */
export interface Option {
  value: string;
  text: string;
}

/** A field in which one thing is chosen; the first option is what counts when nothing is. */
export function choiceField(
  name: string,
  label: string,
  { options, now }: { options: readonly Option[]; now: string },
): Html {
  const listed = options.map(({ value, text }) => {
    return html`<option value="${value}"${value === now ? html` selected` : null}>${text}</option>`;
  });
  return html`<label>${label}<select name="${name}">${listed}</select></label>`;
}

/** A field for a text; `known` are offered and others may be written. */
export function textField(name: string, label: string, now: string, known: readonly string[] = []): Html {
  const listed = known.slice(0, MOST_OFFERED).map((one) => html`<option value="${one}">`);
  const list = known.length > 0 && html`<datalist id="known-${name}">${listed}</datalist>`;
  const from = known.length > 0 && html` list="known-${name}"`;
  return html`<label>${label}<input name="${name}" value="${now}" maxlength="1000" autocomplete="off"${from}></label>${list}`;
}

const MOST_OFFERED = 300;

/** A form that asks for the same page with another query. */
export function filterForm(action: string, fields: readonly Html[], { texts }: Pick<Guest, "texts">): Html {
  const { search, clear } = texts.console.filter;
  const buttons = html`<div class="row"><button>${search}</button><a class="button quiet" href="${action}">${clear}</a></div>`;
  return html`<form class="filter" method="get" action="${action}" accept-charset="utf-8">${fields}${buttons}</form>`;
}

/** What a query has as the one value of a parameter; empty when it has none, or several. */
export function askedFor(ctx: Context, name: string): string {
  const value = ctx.query[name];
  return typeof value === "string" ? value : "";
}

/** Links to the page behind, and back to the first. */
export function pager(
  ctx: Context,
  path: string,
  { next, texts }: { next: string | null } & Pick<Guest, "texts">,
): Html | null {
  const { newest, older } = texts.console;
  const asked = new URLSearchParams(ctx.querystring);
  asked.delete(LOGGED_IN);
  const link = (after: string | null, text: string) => {
    if (after === null) asked.delete("after");
    else asked.set("after", after);
    return html`<a class="button quiet" href="${path}${asked.size > 0 ? `?${asked}` : ""}">${text}</a>`;
  };
  const first = askedFor(ctx, "after") === "" ? null : link(null, newest);
  const more = next === null ? null : link(next, older);
  return first || more ? html`<p class="row">${first}${more}</p>` : null;
}

/** Why a query cannot be asked. */
export function faultPart(faults: readonly ParameterFault[], { texts }: Pick<Guest, "texts">): Html {
  const lines = faults.map(({ name, message }) => html`<li><code>${name}</code> ${message}</li>`);
  return html`<div class="notice bad" role="alert"><p>${texts.console.badQuery}</p><ul>${lines}</ul></div>`;
}
