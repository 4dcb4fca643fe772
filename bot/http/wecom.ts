import type { Context } from "koa";
import type { WecomCallback } from "../../adapters/wecom/index.ts";
import type { Inbox, Logger, Metrics } from "../../core/ports/index.ts";
import { createRoom, type Room } from "../pressure/index.ts";
import type { StepObserver } from "../workers/steps.ts";
import { readBody } from "./body.ts";
import { callbackFault } from "./callback-faults.ts";

export interface CallbackDeps {
  callback: WecomCallback;
  inbox: Inbox;
  log: Logger;
  metrics: Metrics;
  onStep: StepObserver;
  /** For callbacks that are still being read: nothing is known of who sends them. */
  reading: Room;
}

/** WeCom's callbacks are a few kilobytes; this is ample (reference/wecom.md section 8, trap 5). */
const MAX_CALLBACK_BYTES = 65_536;

/** So much of all callbacks at once. */
const READING_BYTES = 8 * 2 ** 20;

/** The room that callbacks have. */
export function callbackRoom(): Room {
  return createRoom(READING_BYTES);
}

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
  const body = await readBody(ctx.req, MAX_CALLBACK_BYTES, deps.reading);
  if (body.outcome === "aborted") return;
  if (body.outcome !== "read") {
    metrics.count("callbacks", { kind: "message", outcome: body.outcome });
    ctx.set("Connection", "close");
    ctx.status = body.outcome === "too_large" ? 413 : 503;
    ctx.body = body.outcome;
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
