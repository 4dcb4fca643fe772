import type { RouterContext } from "koa-router";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { inScope, type Scope } from "../../../core/people/index.ts";
import type { Archive, Journal, RawBody } from "../../../core/ports/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import { type Explainer, readableVerdicts } from "../../explain/index.ts";
import { refuseApi } from "./answers.ts";
import { type AuditedDeps, recordDeed } from "./audited.ts";
import type { ApiDeps } from "./guard.ts";

export interface OneEventDeps extends ApiDeps, AuditedDeps {
  archive: Pick<Archive, "verdicts" | "search">;
  journal: Pick<Journal, "raw">;
  /** Finds events by their ids and the beginnings of them. */
  explainer: Pick<Explainer, "find">;
  /** The rules in force now. */
  rules: () => readonly Rule[];
}

const MOST_OF_INCIDENT = 50;

/** One event, what the rules said of it that the caller may read, and its incident. */
export async function showEvent(ctx: RouterContext, deps: OneEventDeps): Promise<void> {
  const caller = await deps.guard(ctx, "events.read", "some");
  if (caller.outcome === "answered") return;
  const found = await deps.explainer.find(ctx.params["id"] ?? "", caller.scope);
  if (found.outcome !== "found") return refuseEvent(ctx, found.outcome);
  const { event } = found;
  if (!caller.permits({ type: event.type })) return;
  const verdicts = readableVerdicts(await deps.archive.verdicts(event.id), caller.actor, deps.rules());
  ctx.body = { event, verdicts, incident: await incidentOf(event, caller.scope, deps) };
}

/** The body that an event came in, for whoever may read every event: it may hold others beside it. */
export async function showRaw(ctx: RouterContext, deps: OneEventDeps): Promise<void> {
  const caller = await deps.guard(ctx, "events.read", {});
  if (caller.outcome === "answered") return;
  const found = await deps.explainer.find(ctx.params["id"] ?? "", caller.scope);
  if (found.outcome !== "found") return refuseEvent(ctx, found.outcome);
  const { event } = found;
  await recordDeed(deps, { who: caller.who, what: "events.raw", object: event.id });
  answerRaw(ctx, await deps.journal.raw(event.rawRef));
}

/** The newest events of an event's incident, the newest first. */
export async function incidentOf(
  { source, incident }: WhaleEvent,
  scope: Scope,
  { archive }: { archive: Pick<Archive, "search"> },
) {
  const { events } = await archive.search({ source: [source], incident, limit: MOST_OF_INCIDENT });
  const shown = events.filter(({ type }) => inScope(scope, { type }));
  return {
    key: incident,
    events: shown.map(({ id, type, status, severity, title, receivedAt }) => {
      return { id, type, status, severity, title, receivedAt };
    }),
  };
}

/** Answers who means no event, or several. */
export function refuseEvent(ctx: RouterContext, outcome: "unknown" | "ambiguous"): void {
  if (outcome === "ambiguous") {
    const message = "对应多个事件，请多输入几位 (several events begin like this, give more of the id)";
    refuseApi(ctx, 409, { code: "ambiguous_event", message });
    return;
  }
  const message = "没有这个事件，或已过保存期 (no such event, or it is kept no longer)";
  refuseApi(ctx, 404, { code: "unknown_event", message });
}

/** A body as it came, as a download: whatever a sender calls it, no browser may show or run it. */
export function answerRaw(ctx: RouterContext, raw: RawBody | null): void {
  if (!raw) {
    const message = "原文已过保存期，或没有 (this body is kept no longer, or never was)";
    refuseApi(ctx, 404, { code: "unknown_body", message });
    return;
  }
  ctx.set("X-Content-Type-Options", "nosniff");
  ctx.set("Content-Security-Policy", "sandbox; default-src 'none'");
  ctx.attachment(`${raw.ref.slice(-16)}.txt`);
  ctx.type = "application/octet-stream";
  ctx.body = Buffer.from(raw.bytes);
}
