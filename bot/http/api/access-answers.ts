import type { Context } from "koa";
import { type Actor, actorName, type Denial, type Right } from "../../../core/people/index.ts";
import type { Logger, Metrics } from "../../../core/ports/index.ts";
import type { Identity, IdentityReason } from "./identify.ts";

/** What the refusals of REST tell to others than their caller. */
export interface AccessAnswerDeps {
  metrics: Metrics;
  log: Logger;
}

const MESSAGES: Record<IdentityReason, string> = {
  no_credentials: "请带上 Authorization: Bearer 令牌 (send Authorization: Bearer with a token)",
  repeated_credentials: "Authorization 只能有一个 (send one Authorization header alone)",
  bad_token: "令牌不对 (this token is not known)",
  expired_token: "令牌已过期，请换新的 (this token has expired; use a new one)",
  local_token_from_elsewhere: "本机令牌只能在本机使用 (the local token is good on its own machine alone)",
};

/** 401: nobody is known to have sent this. */
export function answerUnknown(
  ctx: Context,
  { reason, tokenId }: Extract<Identity, { outcome: "refused" }>,
  deps: AccessAnswerDeps,
): void {
  const error = reason === "no_credentials" ? "" : `, error="invalid_token", error_description="${reason}"`;
  ctx.set("WWW-Authenticate", `Bearer realm="whale"${error}`);
  ctx.status = 401;
  ctx.body = { error: { code: reason, message: MESSAGES[reason] } };
  tell(ctx, { reason, right: "-" }, { deps, ...(tokenId === undefined ? {} : { tokenId }) });
}

/** 403: somebody is known, and may not. */
export function answerDenied(
  ctx: Context,
  { actor, right, denial }: { actor: Actor; right: Right; denial: Denial },
  deps: AccessAnswerDeps,
): void {
  const { reason, message } = denial;
  ctx.status = 403;
  ctx.body = { error: { code: reason, message: `${message.zh} (${message.en})` } };
  const token = actor.kind === "user" && actor.token ? { tokenId: actor.token.id } : {};
  tell(ctx, { reason, right }, { deps, by: actorName(actor), ...token });
}

/** Neither query nor headers are told: they may hold credentials. */
function tell(
  ctx: Context,
  labels: { reason: string; right: string },
  { deps: { metrics, log }, ...who }: { deps: AccessAnswerDeps; by?: string; tokenId?: string },
): void {
  metrics.count("access_refused", labels);
  log.warn({ ...labels, ...who, method: ctx.method, path: ctx.path.slice(0, 200) }, "access refused");
}
