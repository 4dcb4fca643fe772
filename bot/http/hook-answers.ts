import type { SourceAuth } from "../../core/events/index.ts";
import type { Logger, Metrics } from "../../core/ports/index.ts";
import { type Pressure, retryAfterSeconds } from "../../core/pressure/index.ts";
import type { Exchange } from "./exchange.ts";
import type { IntakeOutcome } from "./intake.ts";
import type { AuthReason } from "./source-auth.ts";

/** What the answers of a hook tell to others than its caller. */
export interface AnswerDeps {
  metrics: Metrics;
  log: Logger;
}

export interface AnswerError {
  code: string;
  message: string;
}

const STATUS_OF_REASON: Record<string, number> = {
  ...{ compressed: 415, unknown_event_type: 422, strict_schema: 422 },
};

/** What was taken, and what of it was not. */
export function answerTaken(ctx: Exchange, taken: IntakeOutcome): void {
  if (taken.outcome === "refused") {
    ctx.status = STATUS_OF_REASON[taken.reason] ?? 400;
    ctx.body = { error: { code: taken.reason, message: taken.message }, refused: taken.refused };
    return;
  }
  ctx.status = 202;
  const { receipts: events, refused, invalid } = taken;
  ctx.body = invalid.length === 0 ? { events, refused } : { events, refused, invalid };
}

/** An error that is counted and logged. Neither query nor headers are told: they hold credentials. */
export function fail(ctx: Exchange, status: number, error: AnswerError, { metrics, log }: AnswerDeps): void {
  ctx.status = status;
  ctx.body = { error };
  metrics.count("events", { source: "-", outcome: error.code });
  log.warn({ code: error.code, path: ctx.path.slice(0, 200) }, "hook refused");
}

/** Turned away before anything is promised: counted, and logged only when the pressure changes. */
export function turnAway(ctx: Exchange, pressure: Pressure, { metrics }: Pick<AnswerDeps, "metrics">): void {
  const reason = pressure.outcome === "sheds" ? pressure.reason : "bodies_in_flight";
  ctx.status = 503;
  ctx.set("Retry-After", String(retryAfterSeconds(reason)));
  const message = `现在存不下更多，请再发一次 (nothing more can be kept safe now, send it again): ${reason}`;
  ctx.body = { error: { code: "overloaded", message } };
  metrics.count("intake_shed", { reason });
}

const MESSAGES: Partial<Record<AuthReason, string>> = {
  address_not_allowed: "this source takes nothing from your address",
  bad_credentials: "the credentials are not those of this source",
  repeated_credentials: "the credentials were given more than once",
  bad_signature: "the signature is not that of this body by this source's secret",
  foreign_page: "this source takes nothing from pages of other sites: ask by address or as localhost",
  stale_timestamp: "the signed timestamp is too far from now",
  topic_not_allowed: "this topic may not deliver here",
};

const CHINESE: Partial<Record<AuthReason, string>> = {
  address_not_allowed: "这个事件源不收你的地址发来的内容",
  bad_credentials: "不是这个事件源的凭证",
  repeated_credentials: "凭证给了不止一次",
  bad_signature: "签名不是用这个事件源的密钥对此请求体做的",
  foreign_page: "这个事件源不收别的网站的页面发来的内容",
  stale_timestamp: "签名的时间与现在相差太大",
  topic_not_allowed: "这个主题不可以发到这里",
};

/** The answer to a caller who may not post. It says no more than the reason. */
export function deny(ctx: Exchange, auth: SourceAuth, reason: AuthReason, deps: AnswerDeps): void {
  const message = `${CHINESE[reason] ?? "这个事件源要求凭证"} (${MESSAGES[reason] ?? "this source asks for credentials"})`;
  const forbidden = reason === "address_not_allowed" || reason === "foreign_page";
  // Credentials would not help against where it comes from.
  if (!forbidden) ctx.set("WWW-Authenticate", auth.kind === "basic" ? 'Basic realm="whale"' : "Bearer");
  fail(ctx, forbidden ? 403 : 401, { code: reason, message }, deps);
}
