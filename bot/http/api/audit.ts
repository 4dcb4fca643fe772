import { Readable } from "node:stream";
import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import {
  AUDIT_VERBS,
  type AuditCheck,
  type AuditLink,
  brokenWords,
  checkCopy,
  checkHead,
  headText,
  parseHead,
} from "../../../core/audit/index.ts";
import { errorText } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import type { Archive, Audit, Clock } from "../../../core/ports/index.ts";
import { answering } from "./answers.ts";
import { type AuditFilter, auditLines, auditPage } from "./audit-walk.ts";
import { recordDeed } from "./audited.ts";
import type { ApiDeps } from "./guard.ts";
import { given, type QueryReader, queryReader, refuseQuery } from "./query.ts";

export interface AuditDeps extends ApiDeps {
  audit: Audit;
  archive: Pick<Archive, "audit">;
  clock: Clock;
}

type Handler = (ctx: RouterContext, deps: AuditDeps) => Promise<void>;

const ALL = "/api/v1/audit";

/** The audit log, for whoever has `audit.read` on it as a whole: list, export, verify. Reading it is recorded too. */
export function auditRoutes(router: Router, deps: AuditDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get(ALL, answered(list));
  router.get(`${ALL}/export`, answered(exportFound));
  router.get(`${ALL}/verify`, answered(verify));
}

function filterOf(read: QueryReader, nowMs: number): AuditFilter {
  const task = read.text("task");
  return given({
    object: task ?? read.text("object"),
    who: read.text("who"),
    what: read.listOf("what", AUDIT_VERBS),
    since: read.instant("since", nowMs),
    until: read.instant("until", nowMs),
  });
}

/** What a query asks; null when the request has been answered. */
async function asked<T>(
  ctx: RouterContext,
  { guard, clock }: AuditDeps,
  more: (read: QueryReader) => T,
): Promise<{ who: string; filter: AuditFilter; more: T } | null> {
  const caller = await guard(ctx, "audit.read", {});
  if (caller.outcome === "answered") return null;
  const read = queryReader(ctx.query);
  const filter = filterOf(read, clock.nowMs());
  const rest = more(read);
  const faults = read.faults();
  if (faults.length === 0) return { who: caller.who, filter, more: rest };
  refuseQuery(ctx, faults);
  return null;
}

async function list(ctx: RouterContext, deps: AuditDeps): Promise<void> {
  const query = await asked(ctx, deps, (read) => ({
    limit: read.whole("limit", { fallback: 50, max: 500 }),
    after: placeOf(read),
  }));
  if (!query) return;
  await recordRead("audit.read", query, deps);
  ctx.body = await auditPage(deps.audit, query.filter, query.more);
}

function placeOf(read: QueryReader): number {
  const after = read.text("after") ?? "0";
  if (/^\d{1,15}$/.test(after)) return Number(after);
  read.fault("after", "要填上一页的 next (must be the next of the page before)");
  return 0;
}

async function exportFound(ctx: RouterContext, deps: AuditDeps): Promise<void> {
  const query = await asked(ctx, deps, () => null);
  if (!query) return;
  await recordRead("audit.export", query, deps);
  const stream = Readable.from(auditLines(deps.audit, query.filter));
  stream.on("error", (error) => {
    deps.log.error({ err: error, reason: errorText(error) }, "export broke off");
    // So that nobody takes a part for the whole.
    ctx.res.destroy();
  });
  ctx.type = "application/x-ndjson; charset=utf-8";
  ctx.attachment("audit.jsonl");
  ctx.body = stream;
}

function recordRead(
  what: "audit.read" | "audit.export",
  { who, filter }: { who: string; filter: AuditFilter },
  deps: AuditDeps,
): Promise<void> {
  const { what: verbs, ...rest } = filter;
  const detail: JsonObject = { ...rest, ...(verbs ? { what: [...verbs] } : {}) };
  return recordDeed(deps, { who, what, object: filter.object ?? "audit", detail });
}

/** Told with 200 also when the chain does not hold: that is what was asked. */
async function verify(ctx: RouterContext, deps: AuditDeps): Promise<void> {
  const caller = await deps.guard(ctx, "audit.read", {});
  if (caller.outcome === "answered") return;
  const read = queryReader(ctx.query);
  const noted = notedOf(read);
  const withArchive = read.oneOf("archive", ["true", "false"]) === "true";
  const faults = read.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const checked = await checkAll(deps, noted, withArchive);
  const archived = withArchive ? { archived: await deps.archive.audit.position() } : {};
  const detail = { outcome: checked.outcome, ...(checked.outcome === "broken" ? { seq: checked.seq } : {}) };
  await recordDeed(deps, { who: caller.who, what: "audit.verify", object: "audit", detail });
  ctx.body = { ...shown(checked), ...archived };
}

function notedOf(read: QueryReader): AuditLink | null {
  const text = read.text("head");
  const noted = text === undefined ? null : parseHead(text);
  if (text !== undefined && noted === null) read.fault("head", "要写成 HASH@SEQ (must be HASH@SEQ)");
  return noted;
}

async function checkAll(
  { audit, archive }: AuditDeps,
  noted: AuditLink | null,
  withArchive: boolean,
): Promise<AuditCheck> {
  let checked: AuditCheck = await audit.verify(1);
  if (noted) checked = checkHead(checked, noted, (await audit.read(noted.seq - 1, 1))[0]);
  if (checked.outcome === "broken" || !withArchive) return checked;
  return (await compareCopy(audit, archive.audit, checked.last)) ?? checked;
}

const COMPARED_AT_ONCE = 500;

/** Up to where the copy was brought: what is newer follows in a moment, and lacks nothing. */
async function compareCopy(
  audit: Audit,
  copy: Archive["audit"],
  { seq: last }: AuditLink,
): Promise<AuditCheck | null> {
  const to = Math.min(last, await newestOf(copy, last));
  for (let after = 0; after < to; after += COMPARED_AT_ONCE) {
    const limit = Math.min(COMPARED_AT_ONCE, to - after);
    const differs = checkCopy(await audit.read(after, limit), await copy.read(after, limit));
    if (differs) return differs;
  }
  return null;
}

/** Entries behind a gap show that what is in the gap was there once. */
async function newestOf(copy: Archive["audit"], last: number): Promise<number> {
  const position = await copy.position();
  const behind = await copy.read(Math.max(position, last - COMPARED_AT_ONCE), COMPARED_AT_ONCE);
  return behind.at(-1)?.seq ?? position;
}

function shown(checked: AuditCheck) {
  if (checked.outcome === "whole") {
    const { seq, hash } = checked.last;
    return { outcome: "whole", count: seq, head: seq === 0 ? null : headText({ seq, hash }) };
  }
  const { zh, en } = brokenWords(checked.seq, checked.reason);
  return { ...checked, message: `${zh} (${en})` };
}
