import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import type { Archive, DeadLetter } from "../../../core/ports/index.ts";
import { answering, refuseApi } from "./answers.ts";
import { type AuditedDeps, recordDeed } from "./audited.ts";
import type { ApiDeps } from "./guard.ts";
import { queryReader, refuseQuery } from "./query.ts";

export interface DeadLetterDeps extends ApiDeps, AuditedDeps {
  archive: Pick<Archive, "deadLetters">;
}

type Handler = (ctx: RouterContext, deps: DeadLetterDeps) => Promise<void>;

const ALL = "/api/v1/archive/dead-letters";
const ONE = `${ALL}/:id`;

/** What could not be archived, for whoever has the right on the archive as a whole: list, look, try again. */
export function deadLetterRoutes(router: Router, deps: DeadLetterDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get(ALL, answered(list));
  router.get(ONE, answered(show));
  router.post(`${ALL}/retry`, answered(retryAll));
  router.post(`${ONE}/retry`, answered(retryOne));
}

async function list(ctx: RouterContext, { guard, archive }: DeadLetterDeps): Promise<void> {
  const caller = await guard(ctx, "archive.read", {});
  if (caller.outcome === "answered") return;
  const read = queryReader(ctx.query);
  const limit = read.whole("limit", { fallback: 50, max: 500 });
  const faults = read.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const count = await archive.deadLetters.count();
  const letters = await archive.deadLetters.list(limit);
  ctx.body = { count, deadLetters: letters.map(headOf) };
}

function headOf({ id, kind, problem, at, ...letter }: DeadLetter) {
  return { id, ...aboutOf({ kind, ...letter } as DeadLetter), problem, at };
}

function aboutOf(letter: DeadLetter) {
  if (letter.kind === "event")
    return { kind: letter.kind, eventId: letter.value.id, type: letter.value.type };
  const { eventId, ruleId } = letter.value;
  return { kind: letter.kind, eventId, ruleId };
}

async function show(ctx: RouterContext, deps: DeadLetterDeps): Promise<void> {
  const caller = await deps.guard(ctx, "archive.read", {});
  if (caller.outcome === "answered") return;
  const letter = await found(ctx, deps);
  if (!letter) return;
  await recordDeed(deps, { who: caller.who, what: "archive.show", object: letter.id });
  ctx.body = { ...headOf(letter), value: letter.value };
}

/** Null when the request has been answered: there is none. */
async function found(ctx: RouterContext, { archive }: DeadLetterDeps): Promise<DeadLetter | null> {
  const id = ctx.params["id"] ?? "";
  const letter = await archive.deadLetters.get(id);
  const message = `没有这封死信，可能已经入档 (no such dead letter, it may be archived by now): ${id.slice(0, 100)}`;
  if (!letter) refuseApi(ctx, 404, { code: "unknown_dead_letter", message });
  return letter;
}

async function retryAll(ctx: RouterContext, deps: DeadLetterDeps): Promise<void> {
  const caller = await deps.guard(ctx, "archive.retry", {});
  if (caller.outcome === "answered") return;
  const retried = await deps.archive.deadLetters.retry();
  await recordDeed(deps, { who: caller.who, what: "archive.retry", object: "all", detail: { ...retried } });
  ctx.body = retried;
}

async function retryOne(ctx: RouterContext, deps: DeadLetterDeps): Promise<void> {
  const caller = await deps.guard(ctx, "archive.retry", {});
  if (caller.outcome === "answered") return;
  const letter = await found(ctx, deps);
  if (!letter) return;
  const retried = await deps.archive.deadLetters.retry(letter.id);
  // Afterwards, with what came of it: trying again is harmless, and may be done once more where this fails.
  const detail = { ...aboutOf(letter), ...retried };
  await recordDeed(deps, { who: caller.who, what: "archive.retry", object: letter.id, detail });
  ctx.body = retried;
}
