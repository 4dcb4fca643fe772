import type { Context } from "koa";
import { outputText, replyText } from "../../core/cards/index.ts";
import { isChatOpsError } from "../../core/errors.ts";
import { shortId } from "../../core/ids/index.ts";
import { shownRun } from "../../core/pages/index.ts";
import type { Audit, Clock } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import { recordDeed } from "../http/api/audited.ts";
import { resultFileOf, sendFile } from "../http/index.ts";
import type { About, Answers } from "./answers.ts";
import { decidePart } from "./decide-part.ts";
import { type FactDeps, factsOf, type TaskFacts } from "./facts.ts";
import { visitorOf } from "./guest.ts";
import { type Html, html } from "./html.ts";
import { questionsPart } from "./question-part.ts";
import { eventPath, taskPath } from "./return-path.ts";
import { historyPart, resultPart, unknownPart } from "./run-parts.ts";
import { showPage } from "./site.ts";
import { topPart, whatPart, whoPart } from "./task-parts.ts";
import { type Visit, type VisitDeps, visiting } from "./visit.ts";
import { whyPart } from "./why-parts.ts";

export interface TaskPageDeps {
  visit: VisitDeps;
  facts: FactDeps;
  answers: Answers;
  audit: Pick<Audit, "append">;
  clock: Clock;
}

/** `GET /tasks/:id`: all that is known of a task, for those who may know it. */
export async function showTask(ctx: Context, deps: TaskPageDeps): Promise<void> {
  const visit = await visiting(ctx, deps.visit);
  if (!visit) return;
  const { site } = deps.visit;
  const { task, session, language, texts } = visit;
  const facts = await factsOf(task, language, deps.facts);
  if (facts.output.outcome === "text") await recordOutput("page", visit, deps);
  const answer = answerPart(deps.answers.take(ctx, { session, taskId: task.id }), facts);
  const at = `${site.base}${taskPath(task.id)}`;
  const marks = site.sessions.marksFor(session, { task: task.id, hash: task.hash });
  const marksFor = (id: string) => site.sessions.marksFor(session, { task: id, hash: "" });
  const asking = { at, marksFor };
  const visitor = await visitorOf(session, deps.visit);
  const eventAt = visitor.places.includes("events") ? `${site.base}${eventPath(task.eventId)}` : null;
  const main = [
    answer,
    topPart(facts, at),
    html`<div class="cols"><div class="col">${unknownPart(facts)}${questionsPart(facts, visit, asking)}${resultPart(facts, at)}${whatPart(facts)}${decidePart(visit, { at, marks })}${whyPart(facts, eventAt)}</div><div class="col">${whoPart(facts)}${historyPart(facts)}</div></div>`,
  ];
  site.metrics.count("pages", { outcome: "shown" });
  showPage(ctx, site, { status: 200, texts, title: `${task.title} ${shortId(task.id)}`, main, visitor });
}

/** In the words that chat has for it, where chat has some. */
function answerPart(about: About | null, { task, viewing }: TaskFacts): Html | null {
  if (about === null) return null;
  const said =
    typeof about === "object"
      ? about.said
      : about === "decision_taken" || about === "sent_before"
        ? viewing.texts.page.answers[about]
        : replyText(task, about, { ...viewing, plain: (text) => text });
  return html`<div class="notice" role="status">${said}</div>`;
}

/** What a task put out may hold what not everybody should know: who is shown it is recorded first. */
async function recordOutput(
  command: "page" | "download" | "result",
  { session, task }: Visit,
  deps: TaskPageDeps,
) {
  const detail = { command, execution: task.execution?.id ?? null };
  await recordDeed(deps, { who: `user:${session.userId}`, what: "tasks.output", object: task.id, detail });
}

/** `GET /tasks/:id/output`: all of it as a file, which no browser shows as anything but text. */
export async function sendOutput(ctx: Context, deps: TaskPageDeps): Promise<void> {
  const visit = await visiting(ctx, deps.visit);
  if (!visit) return;
  const { task, texts } = visit;
  const whole = await wholeOutput(task, deps.facts, texts.commands.engineDown);
  await recordOutput("download", visit, deps);
  const { hide } = shownRun(task, deps.facts.secrecy);
  ctx.status = whole.isWhole ? 200 : 503;
  sendFile(ctx, { name: `whale-${shortId(task.id)}.txt`, type: TEXT, body: hide(whole.text) });
}

/** `GET /tasks/:id/result`: the whole result as a file. */
export async function sendResult(ctx: Context, deps: TaskPageDeps): Promise<void> {
  const visit = await visiting(ctx, deps.visit);
  if (!visit) return;
  const { task, texts } = visit;
  await recordOutput("result", visit, deps);
  const { executor } = deps.facts;
  const file = await resultFileOf(task, { executor, hide: shownRun(task, deps.facts.secrecy).hide });
  if (file.outcome === "file") return sendFile(ctx, { ...file, type: "application/json; charset=utf-8" });
  ctx.status = file.outcome === "none" ? 404 : 503;
  const body = file.outcome === "none" ? texts.page.noResult : texts.commands.engineDown(file.why);
  sendFile(ctx, { name: `whale-${shortId(task.id)}.txt`, type: TEXT, body });
}

const TEXT = "text/plain; charset=utf-8";

async function wholeOutput(
  { execution }: Task,
  { executor }: FactDeps,
  unread: (why: string) => string,
): Promise<{ text: string; isWhole: boolean }> {
  if (!execution) return { text: "", isWhole: true };
  if (execution.result !== undefined) return { text: outputText(execution.result), isWhole: true };
  try {
    return { text: await executor.output(execution.cluster, execution.id), isWhole: true };
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    return { text: unread(error.message), isWhole: false };
  }
}
