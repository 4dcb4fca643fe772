import type { Context } from "koa";
import { listTime, pageTime } from "../../../core/pages/index.ts";
import type { ParameterFault } from "../../http/api/query.ts";
import type { Guest } from "../guest.ts";
import { type Html, html, type Part } from "../html.ts";
import { LOGGED_IN } from "../return-path.ts";
import { type Site, showPage } from "../site.ts";

/** What a row shows of a title: somebody's monitor may have written pages. */
export const TITLE_CHARACTERS = 120;

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
  const first = !asked.has("after") ? null : link(null, newest);
  const more = next === null ? null : link(next, older);
  return first || more ? html`<p class="row">${first}${more}</p>` : null;
}

/** Why a query cannot be asked. */
export function faultPart(faults: readonly ParameterFault[], { texts }: Pick<Guest, "texts">): Html {
  const lines = faults.map(({ name, message }) => html`<li><code>${name}</code> ${message}</li>`);
  return html`<div class="notice bad" role="alert"><p>${texts.console.badQuery}</p><ul>${lines}</ul></div>`;
}
