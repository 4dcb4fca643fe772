import type { Context } from "koa";
import type { Logger, Metrics } from "../../core/ports/index.ts";
import { LANGUAGES, type Language, type PageError, type Texts, textsOf } from "../../core/texts/index.ts";
import { callerOf } from "../http/caller.ts";
import { type Html, html, type Part } from "./html.ts";
import { navPart, type Place } from "./nav.ts";
import type { Session, Sessions } from "./sessions.ts";
import { guardHeaders, sendPage } from "./shell.ts";

/** What every page stands on. */
export interface Site {
  /** The address at which people reach Whale, without a slash at its end. */
  publicUrl: string;
  /** Its path: stands before the address of every page. */
  base: string;
  isHttps: boolean;
  /** Of those who ask for none. */
  language: Language;
  /** Proxies in front of the process that each add an entry to `X-Forwarded-For`. */
  trustProxyHops: number;
  sessions: Sessions;
  log: Logger;
  metrics: Metrics;
}

export const STATUS: Record<PageError, number> = {
  not_found: 404,
  no_event: 404,
  denied: 403,
  no_right: 403,
  inactive: 403,
  unknown_person: 403,
  outsider: 403,
  state_mismatch: 400,
  code_missing: 400,
  code_spent: 400,
  chat_unreachable: 503,
  archive_unreachable: 503,
  too_often: 429,
  session_over: 401,
  foreign_form: 403,
  bad_form: 400,
  failed: 500,
};

/** After these a login may help. */
const LOGIN_HELPS: readonly PageError[] = [
  "state_mismatch",
  "code_missing",
  "code_spent",
  "session_over",
  "outsider",
];

/** The language that a browser asks for. */
export function languageOf(ctx: Context, { language }: Pick<Site, "language">): Language {
  const wanted = ctx.acceptsLanguages([language, ...LANGUAGES.filter((one) => one !== language)]);
  return LANGUAGES.find((one) => one === wanted) ?? language;
}

/** The texts of that language. */
export function textsFor(ctx: Context, site: Pick<Site, "language">): Texts {
  return textsOf(languageOf(ctx, site));
}

/** The address of who asks; empty when it cannot be told. */
export function addressOf(ctx: Context, { trustProxyHops }: Pick<Site, "trustProxyHops">): string {
  return callerOf(ctx.req, ctx.query, trustProxyHops).address;
}

/** What an error page tells beside its own words. */
export interface ErrorDetail {
  /** Who was refused, where it is known. */
  by?: string;
  task?: string;
  /** Where to go on after a login. */
  back?: string | null;
  more?: Part;
  /** In the language of who is refused; of their browser when absent. */
  texts?: Texts;
  /** Who is logged in. */
  visitor?: Visitor;
}

/** Somebody who has logged in: they can log out and come back as another, and go to what they may see. */
export interface Visitor {
  session: Session;
  name: string;
  places: readonly Place[];
}

/** Answers that a page cannot be shown: why, and what to do. Counted and logged; no query is told, it may hold a code. */
export function sendError(ctx: Context, site: Site, error: PageError, detail: ErrorDetail = {}): void {
  const { by, task, back = null, more, visitor, texts = textsFor(ctx, site) } = detail;
  const { title, text } = texts.page.errors[error];
  site.metrics.count("pages", { outcome: error });
  const fields = { reason: error, ...(by ? { by } : {}), ...(task ? { taskId: task } : {}) };
  site.log.warn({ ...fields, method: ctx.method, path: ctx.path.slice(0, 200) }, "page refused");
  const again = LOGIN_HELPS.includes(error) && loginLink(site, { text: texts.page.login.again, back });
  const main = html`<div class="narrow notice bad" role="alert"><h1>${title}</h1><p>${text}</p>${more}${again}</div>`;
  showPage(ctx, site, { status: STATUS[error], texts, title, main, ...(visitor ? { visitor } : {}) });
}

/** A link that begins a login. */
export function loginLink({ base }: Site, { text, back }: { text: string; back: string | null }): Html {
  const query = back === null ? "" : `?${new URLSearchParams({ return: back })}`;
  return html`<p><a class="button" href="${base}/login${query}">${text}</a></p>`;
}

/** Answers with a page, with all that keeps it safe. */
export function showPage(
  ctx: Context,
  site: Site,
  page: {
    status: number;
    texts: Texts;
    title: string;
    main: Part;
    visitor?: Visitor;
  },
): void {
  guardHeaders(ctx, site.isHttps);
  const { status, texts, title, main, visitor } = page;
  sendPage(ctx, status, {
    texts,
    title,
    main,
    ...(visitor ? { visitor: shownVisitor(ctx, site, visitor, texts) } : {}),
  });
}

function shownVisitor({ path }: Context, site: Site, { session, name, places }: Visitor, texts: Texts) {
  const nav = navPart(places, { base: site.base, path, texts });
  return { name, nav, logout: logoutForm(site, session, texts) };
}

function logoutForm({ base, sessions }: Site, session: Session, texts: Texts): Html {
  const marks = sessions.marksFor(session, { task: "", hash: "" });
  return html`<form method="post" action="${base}/logout"><input type="hidden" name="nonce" value="${marks.nonce}"><input type="hidden" name="token" value="${marks.token}"><button class="quiet">${texts.page.logout}</button></form>`;
}
