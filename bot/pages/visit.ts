import type { Context } from "koa";
import { deciders } from "../../core/approvals/index.ts";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import { isTaskId, shortId } from "../../core/ids/index.ts";
import { type Reading, readingOf } from "../../core/pages/index.ts";
import { type Actor, type Entitlement, objectOfTask } from "../../core/people/index.ts";
import type { Directory, TaskStore } from "../../core/ports/index.ts";
import type { Click, Task } from "../../core/tasks/index.ts";
import { type Language, type Texts, textsOf } from "../../core/texts/index.ts";
import { type StandingDeps, standingOf } from "../chat/standing.ts";
import { entitlementOf } from "../people.ts";
import { askLogin, type GuestDeps, languageFor, visitorOf, whomToAsk } from "./guest.ts";
import { html } from "./html.ts";
import { taskPath } from "./return-path.ts";
import type { Session } from "./sessions.ts";
import { type Site, sendError } from "./site.ts";

export interface VisitDeps extends StandingDeps, GuestDeps {
  tasks: Pick<TaskStore, "get">;
  directory: Pick<Directory, "vouch" | "nameOf">;
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
  if (!session) return refused(() => askLogin(ctx, site, taskPath(id)));
  const task = await tasks.get(id);
  if (!task) return refused(() => sendError(ctx, site, "not_found", { by: session.userId, task: id }));
  const standing = await standingOf(session.userId, deciders(task), deps);
  const reading = await readingFor(task, { userId: session.userId, ...standing }, deps);
  const language = await languageFor(ctx, session.userId, deps);
  const texts = textsOf(language);
  if (reading.outcome === "denied") {
    await deny(ctx, { task, session, reading, texts }, deps);
    return null;
  }
  return { session, task, standing, language, texts };
}

function refused(answer: () => void): null {
  answer();
  return null;
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
async function deny(ctx: Context, denied: Denied, deps: VisitDeps): Promise<void> {
  const { task, session, reading, texts } = denied;
  const { site } = deps;
  const who = { by: session.userId, task: task.id, texts };
  if (reading.reason === "standing") {
    site.sessions.end(ctx);
    return void sendError(ctx, site, reading.standing, who);
  }
  const own = texts.page.denied({ who: session.userId, task: shortId(task.id) });
  const asking = { right: "tasks.read", on: objectOfTask(task), roles: deps.roles(), texts } as const;
  const more = [html`<p>${own}</p>`, whomToAsk(reading.denial, asking)];
  sendError(ctx, site, "denied", { ...who, more, visitor: await visitorOf(session, deps) });
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
