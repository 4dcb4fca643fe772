import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { approvalWords } from "../../../core/approvals/index.ts";
import type { ShowRun } from "../../../core/pages/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import { toldTask } from "../../../core/tasks/index.ts";
import { type Explainer, readableVerdicts, ruleObjects } from "../../explain/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { refuseEvent } from "./one-event.ts";
import { queryReader, refuseQuery } from "./query.ts";

export interface ExplainRouteDeps extends ApiDeps {
  explainer: Explainer;
  /** What may be seen of what tasks run. */
  shown: ShowRun;
  rules: () => readonly Rule[];
}

/** `GET /api/v1/events/:id/explain?rule=`: why rules did or did not make tasks of an event. */
export function explainRoutes(router: Router, deps: ExplainRouteDeps): void {
  router.get(
    "/api/v1/events/:id/explain",
    answering(deps.log, (ctx: RouterContext) => explain(ctx, deps)),
  );
}

async function explain(
  ctx: RouterContext,
  { guard, explainer, shown, rules }: ExplainRouteDeps,
): Promise<void> {
  const reader = await guard(ctx, "events.read", "some");
  if (reader.outcome === "answered") return;
  const caller = await guard(ctx, "rules.read", "some");
  if (caller.outcome === "answered") return;
  const read = queryReader(ctx.query);
  const rule = read.text("rule");
  const faults = read.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const found = await explainer.find(ctx.params["id"] ?? "", reader.scope);
  if (found.outcome !== "found") return refuseEvent(ctx, found.outcome);
  const { event } = found;
  if (!reader.permits({ type: event.type })) return;
  if (rule !== undefined && !caller.permits(ruleObjects(rules())(rule))) return;
  const explanations = await explainer.explain(event, rule);
  if (!explanations) {
    const message = `没有规则 ${rule}，此事件也没有它的结论 (no such rule, and no verdict of it)`;
    return refuseApi(ctx, 404, { code: "unknown_rule", message });
  }
  const { id, type, title, subject, status, receivedAt } = event;
  const { actor } = caller;
  const told = readableVerdicts(explanations, actor, rules()).map(async ({ gate, ...one }) => {
    const tasks = (await explainer.tasksOf(one, actor)).map((task) => toldTask(task, shown));
    const approval = gate ? { approval: approvalWords(gate) } : {};
    return { ...one, ...approval, ...(tasks.length > 0 ? { tasks } : {}) };
  });
  const asked = (await explainer.askedBy(event, actor)).map((task) => toldTask(task, shown));
  ctx.body = {
    event: { id, type, title, subject, status, receivedAt },
    rules: await Promise.all(told),
    asked,
  };
}
