import type { Context } from "koa";
import { deciders } from "../../core/approvals/index.ts";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import { isTaskId, shortId } from "../../core/ids/index.ts";
import { type Reading, readingOf } from "../../core/pages/index.ts";
import {
  type Actor,
  type Entitlement,
  grantWords,
  objectOfTask,
  type Role,
  rolesGranting,
} from "../../core/people/index.ts";
import type { Directory, TaskStore } from "../../core/ports/index.ts";
import type { Click, Task } from "../../core/tasks/index.ts";
import { type Language, type Texts, textsOf } from "../../core/texts/index.ts";
import { type StandingDeps, standingOf } from "../chat/standing.ts";
import { entitlementOf, type RoleFinder } from "../people.ts";
import { html } from "./html.ts";
import { isInChat, LOGGED_IN, redirect } from "./login.ts";
import type { Session } from "./sessions.ts";
import { languageOf, loginLink, type Site, sendError, showPage, taskPath, textsFor } from "./site.ts";

export interface VisitDeps extends StandingDeps {
  site: Site;
  tasks: Pick<TaskStore, "get">;
  directory: Pick<Directory, "vouch" | "nameOf">;
  rolesOf: RoleFinder;
  /** What a person reads in chat, where that is said somewhere; null: what their browser asks for. */
  languageOf: (userId: string) => Promise<Language | null>;
  /** The roles in force. */
  roles: () => readonly Role[];
}

/** Somebody who may read a task, and as whom they may decide about it at this moment. */
export interface Visit {
  session: Session;
  task: Task;
  standing: Pick<Click, "entitlement" | "standsFor">;
  language: Language;
  texts: Texts;
}

/** Lets somebody see a page of a task, or tells them why not. `back` is where to go on after a login. */
export async function visiting(ctx: Context, deps: VisitDeps): Promise<Visit | null> {
  const { site, tasks } = deps;
  const id = ctx["params"]["id"] ?? "";
  if (!isTaskId(id)) return refused(() => sendError(ctx, site, "not_found"));
  const session = site.sessions.read(ctx);
  if (!session) return refused(() => askLogin(ctx, site, id));
  const task = await tasks.get(id);
  if (!task) return refused(() => sendError(ctx, site, "not_found", { by: session.userId, task: id }));
  const standing = await standingOf(session.userId, deciders(task), deps);
  const reading = await readingFor(task, { userId: session.userId, ...standing }, deps);
  const language = (await deps.languageOf(session.userId)) ?? languageOf(ctx, site);
  const texts = textsOf(language);
  if (reading.outcome === "denied") return refused(() => deny(ctx, { task, session, reading, texts }, deps));
  return { session, task, standing, language, texts };
}

function refused(answer: () => void): null {
  answer();
  return null;
}

/** Inside WeCom a login is silent, so that nobody is asked to press a button first. A form that was sent is lost. */
function askLogin(ctx: Context, site: Site, taskId: string): void {
  const back = taskPath(taskId);
  const texts = textsFor(ctx, site);
  if (ctx.method === "POST") return void sendError(ctx, site, "session_over", { back });
  if (ctx.query[LOGGED_IN] !== undefined) return void sendError(ctx, site, "state_mismatch", { back });
  if (isInChat(ctx)) return void redirect(ctx, `${site.base}/login?${new URLSearchParams({ return: back })}`);
  const { title, why, button } = texts.page.login;
  const link = loginLink(site, { text: button, back });
  const main = html`<div class="narrow notice"><h1>${title}</h1><p>${why}</p>${link}</div>`;
  showPage(ctx, site, { status: 401, texts, title, main });
}

interface Asking {
  userId: string;
  entitlement: Entitlement;
}

/** The directory is asked no more than it takes: most who open a page may decide. */
async function readingFor(
  task: Task,
  { userId, entitlement }: Asking,
  { directory, rolesOf }: VisitDeps,
): Promise<Reading> {
  const nobody: Actor = { kind: "user", userId, roles: [], unsure: [], against: null };
  const own = readingOf(task, { userId, entitlement, isAudience: false, actor: nobody });
  if (own.outcome === "allowed" || own.reason === "standing") return own;
  const { to } = task.report;
  const isAudience =
    to !== undefined &&
    (await entitlementOf(userId, [{ name: "report", people: to }], directory)).outcome === "entitled";
  const actor: Actor = { kind: "user", userId, ...(await rolesOf(userId)) };
  return readingOf(task, { userId, entitlement, isAudience, actor });
}

interface Denied {
  task: Task;
  session: Session;
  reading: Extract<Reading, { outcome: "denied" }>;
  texts: Texts;
}

/** Ids of tasks cannot be guessed: who has one has it from somebody, and is better told whom to ask than nothing. */
function deny(ctx: Context, { task, session, reading, texts }: Denied, { site, roles }: VisitDeps): void {
  const who = { by: session.userId, task: task.id, texts };
  if (reading.reason === "standing") {
    site.sessions.end(ctx);
    return void sendError(ctx, site, reading.standing, who);
  }
  const { page, wordsOf } = texts;
  const granting = rolesGranting(roles(), "tasks.read", objectOfTask(task));
  const admins = rolesGranting(roles(), "config.reload", {});
  const lines = [
    page.denied({ who: session.userId, task: shortId(task.id) }),
    wordsOf(reading.denial.message),
    wordsOf(grantWords(granting, admins)),
  ];
  const more = lines.map((line) => html`<p>${line}</p>`);
  sendError(ctx, site, "denied", { ...who, more, visitor: { session, name: session.userId } });
}

/** A handler whose failure is a page too. Where WeCom cannot say who somebody is, nothing is shown. */
export function orErrorPage(
  site: Site,
  handle: (ctx: Context) => Promise<void> | void,
): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    try {
      await handle(ctx);
    } catch (error) {
      const isChat = isChatOpsError(error) && error.code.startsWith("wecom.");
      const fields = { reason: errorText(error), path: ctx.path.slice(0, 200) };
      if (!isChat) site.log.error({ err: error, ...fields }, "page failed");
      else site.log.warn({ ...fields, code: error.code }, "page not shown, WeCom cannot be asked");
      sendError(ctx, site, isChat ? "chat_unreachable" : "failed");
    }
  };
}
