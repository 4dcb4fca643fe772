import type { Context } from "koa";
import type { Choice, Chosen } from "../../core/approvals/index.ts";
import { isTerminal, type StepResult, type TaskInput } from "../../core/tasks/index.ts";
import type { Advancer } from "../workers/index.ts";
import type { About, Answers } from "./answers.ts";
import { readForm } from "./form.ts";
import { redirect } from "./login.ts";
import { taskPath } from "./return-path.ts";
import { sendError } from "./site.ts";
import { type Visit, type VisitDeps, visiting } from "./visit.ts";

export interface DecideDeps {
  visit: VisitDeps;
  advancer: Pick<Advancer, "advance">;
  answers: Answers;
}

export const DEEDS = ["approve", "reject", "reason"] as const;
export type Deed = (typeof DEEDS)[number];

type Fields = Readonly<Record<string, string>>;

/**
 * `POST /tasks/:id/approve`, `reject`, `reason`: what a person decides on the page goes the way of a click, by what they
 * may at this moment. The form's own mark is its key, which the task remembers: it counts once, in whichever process.
 */
export async function decide(ctx: Context, deed: Deed, deps: DecideDeps): Promise<void> {
  const { site } = deps.visit;
  const form = await readForm(ctx, site);
  if (form.outcome === "refused") return void sendError(ctx, site, form.reason);
  const visit = await visiting(ctx, deps.visit);
  if (!visit) return;
  const { session, task } = visit;
  const { nonce = "", hash = "", token = "" } = form.fields;
  if (!site.sessions.isOurs(session, task.id, { nonce, hash, token })) {
    return void sendError(ctx, site, "foreign_form", { by: session.userId, task: task.id });
  }
  const key = `page:${nonce}`;
  const input = inputOf(deed, visit, { fields: form.fields, key, hash });
  const result = await deps.advancer.advance(task, input);
  site.metrics.count("pages", { outcome: result.outcome === "moved" ? "decided" : "decision_refused" });
  const { outcome, reason } = result;
  site.log.info({ taskId: task.id, by: session.userId, deed, outcome, reason }, "decided on a page");
  deps.answers.keep(ctx, { session, taskId: task.id }, aboutOf(result));
  redirect(ctx, `${site.base}${taskPath(task.id)}`);
}

function inputOf(
  deed: Deed,
  { session, task, standing }: Visit,
  { fields, key, hash }: { fields: Fields; key: string; hash: string },
): TaskInput {
  const by = session.userId;
  const reason = fields["reason"] ?? "";
  if (deed === "reason") return { kind: "reason", by, ...standing, text: reason, key };
  const cardNo = task.cards.at(-1)?.no ?? 0;
  const selected = selectedOf(task.choices ?? [], fields);
  const written = { on: "page" as const, reason, hash };
  const click = { by, ...standing, cardNo, clickKey: key, selected, written };
  return { kind: deed, click };
}

function selectedOf(choices: readonly Choice[], fields: Fields): Chosen {
  const named = choices.flatMap(({ name }) => {
    const id = fields[`choice.${name}`];
    return id ? [[name, id] as const] : [];
  });
  return Object.fromEntries(named);
}

function aboutOf({ outcome, reason, task, stored }: StepResult & { stored: boolean }): About {
  if (outcome === "moved") {
    if (reason === "approved_by_person") return "approval_counted";
    return reason === "rejection_counted" ? "rejection_counted" : "decision_taken";
  }
  // Who has decided before by another form changes the task a little: that form is remembered. The same one does not.
  if (reason === "already_counted" && !stored) return "sent_before";
  return reason === "not_in_this_state" && isTerminal(task.state) ? "already_decided" : reason;
}
