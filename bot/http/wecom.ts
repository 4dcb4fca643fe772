import type { Context } from "koa";
import type { WecomCallback } from "../../adapters/wecom/index.ts";
import type { Inbox, Logger, Metrics } from "../../core/ports/index.ts";
import type { StepObserver } from "../workers/steps.ts";
import { readBody } from "./body.ts";
import { callbackFault } from "./callback-faults.ts";

export interface CallbackDeps {
  callback: WecomCallback;
  inbox: Inbox;
  log: Logger;
  metrics: Metrics;
  onStep: StepObserver;
}

/** WeCom's callbacks are a few kilobytes; this is ample (reference/wecom.md section 8, trap 5). */
const MAX_CALLBACK_BYTES = 1_048_576;

/** `GET /wecom/callback`: answers the address check with the bare decrypted text. */
export function handleVerify(ctx: Context, { callback, log, metrics }: CallbackDeps): void {
  const verified = callback.verifyUrl(ctx.query);
  const outcome = verified.outcome === "refused" ? verified.reason : verified.outcome;
  metrics.count("callbacks", { kind: "verify", outcome });
  if (verified.outcome === "refused") {
    const fault = callbackFault(verified.reason);
    log.warn({ reason: verified.reason, fault }, "WeCom address check refused");
    ctx.status = 403;
    ctx.body = verified.reason;
    return;
  }
  ctx.type = "text/plain";
  ctx.body = verified.echo;
}

/** `POST /wecom/callback`: verify, store, answer an empty 200; the work begins afterwards. */
export async function handleCallback(ctx: Context, deps: CallbackDeps): Promise<void> {
  const { callback, inbox, log, metrics, onStep } = deps;
  const body = await readBody(ctx.req, MAX_CALLBACK_BYTES);
  if (body.outcome === "aborted") return;
  if (body.outcome === "too_large") {
    metrics.count("callbacks", { kind: "message", outcome: "too_large" });
    ctx.set("Connection", "close");
    ctx.status = 413;
    ctx.body = "too_large";
    return;
  }
  const opened = callback.open(ctx.query, body.bytes);
  if (opened.outcome === "refused") {
    metrics.count("callbacks", { kind: "message", outcome: opened.reason });
    const fault = callbackFault(opened.reason);
    log.warn({ reason: opened.reason, fault, message: opened.message }, "WeCom callback refused");
    ctx.status = opened.reason === "bad_signature" ? 401 : 400;
    ctx.body = opened.reason;
    return;
  }
  const outcome = await inbox.insert(opened.item);
  onStep("click_stored");
  metrics.count("callbacks", { kind: opened.item.payload.kind, outcome });
  ctx.status = 200;
  ctx.body = "";
}
