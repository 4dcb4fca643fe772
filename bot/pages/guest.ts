import type { Context } from "koa";
import {
  type AccessObject,
  authorise,
  type Denial,
  grantWords,
  type Right,
  type Role,
  rolesGranting,
  type UserActor,
} from "../../core/people/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import { type Language, type Texts, textsOf } from "../../core/texts/index.ts";
import type { RoleFinder } from "../people.ts";
import { type Html, html } from "./html.ts";
import { isInChat, redirect } from "./login.ts";
import { placesOf } from "./nav.ts";
import { LOGGED_IN, returnPath } from "./return-path.ts";
import type { Session } from "./sessions.ts";
import { languageOf, loginLink, type Site, sendError, showPage, textsFor, type Visitor } from "./site.ts";

export interface GuestDeps {
  site: Site;
  directory: Pick<Directory, "vouch" | "nameOf">;
  rolesOf: RoleFinder;
  /** What a person reads in chat, where that is said somewhere; null: what their browser asks for. */
  languageOf: (userId: string) => Promise<Language | null>;
  /** The roles in force. */
  roles: () => readonly Role[];
}

/** Somebody who has logged in and is an active member at this moment. */
export interface Guest {
  actor: UserActor;
  visitor: Visitor;
  language: Language;
  texts: Texts;
}

/** Lets somebody in who has logged in; null: they were asked to, or told why not. */
export async function guestOf(ctx: Context, deps: GuestDeps): Promise<Guest | null> {
  const { site, directory } = deps;
  const session = site.sessions.read(ctx);
  if (!session) {
    askLogin(ctx, site, returnPath(ctx.path + ctx.search));
    return null;
  }
  const { userId } = session;
  const { outcome } = await directory.vouch(userId, []);
  if (outcome === "inactive" || outcome === "unknown_person") {
    site.sessions.end(ctx);
    sendError(ctx, site, outcome, { by: userId });
    return null;
  }
  const actor = await actorOf(session, deps);
  const language = await languageFor(ctx, userId, deps);
  return { actor, visitor: await visitorOf(session, deps), language, texts: textsOf(language) };
}

async function actorOf({ userId }: Session, { rolesOf }: Pick<GuestDeps, "rolesOf">): Promise<UserActor> {
  return { kind: "user", userId, ...(await rolesOf(userId)) };
}

/** Who is logged in, and where they can go. */
export async function visitorOf(
  session: Session,
  deps: Pick<GuestDeps, "directory" | "rolesOf">,
): Promise<Visitor> {
  const name = await deps.directory.nameOf(session.userId);
  return { session, name, places: placesOf(await actorOf(session, deps)) };
}

/** The language of somebody's pages: their own choice, else what their browser asks for. */
export async function languageFor(
  ctx: Context,
  userId: string,
  { site, languageOf: stated }: Pick<GuestDeps, "site" | "languageOf">,
): Promise<Language> {
  return (await stated(userId)) ?? languageOf(ctx, site);
}

/** Inside WeCom a login is silent, so that nobody is asked to press a button first. A form that was sent is lost. */
export function askLogin(ctx: Context, site: Site, back: string | null): void {
  const texts = textsFor(ctx, site);
  if (ctx.method === "POST") return void sendError(ctx, site, "session_over", { back });
  if (ctx.query[LOGGED_IN] !== undefined) return void sendError(ctx, site, "state_mismatch", { back });
  const query = back === null ? "" : `?${new URLSearchParams({ return: back })}`;
  if (isInChat(ctx)) return void redirect(ctx, `${site.base}/login${query}`);
  const { title, why, button } = texts.page.login;
  const link = loginLink(site, { text: button, back });
  const main = html`<div class="narrow notice"><h1>${title}</h1><p>${why}</p>${link}</div>`;
  showPage(ctx, site, { status: 401, texts, title, main });
}

/** Whether a guest has a right; when false, they have been told whom to ask. */
export function mayEnter(
  ctx: Context,
  { actor, visitor, texts }: Guest,
  { right, on, deps }: { right: Right; on: AccessObject | "some"; deps: Pick<GuestDeps, "site" | "roles"> },
): boolean {
  const decision = authorise(actor, right, on);
  if (decision.outcome === "allowed") return true;
  const more = whomToAsk(decision, { right, on, roles: deps.roles(), texts });
  sendError(ctx, deps.site, "no_right", { by: actor.userId, texts, visitor, more });
  return false;
}

/** Which right is missing, who has it, and who may grant it. */
export function whomToAsk(
  { message }: Denial,
  {
    right,
    on,
    roles,
    texts,
  }: { right: Right; on: AccessObject | "some"; roles: readonly Role[]; texts: Texts },
): Html[] {
  const granting = rolesGranting(roles, right, on);
  const admins = rolesGranting(roles, "config.reload", {});
  return [message, grantWords(granting, admins)].map((words) => html`<p>${texts.wordsOf(words)}</p>`);
}
