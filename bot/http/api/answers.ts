import type { Context } from "koa";
import { errorText, isChatOpsError } from "../../../core/errors.ts";
import type { Logger } from "../../../core/ports/index.ts";

/** The body of an answer that says no, under `error`. Further fields tell what the caller can work with. */
export interface ApiError {
  /** Stable word, for programs. */
  code: string;
  /** For people, Chinese first. */
  message: string;
  [more: string]: unknown;
}

/** Answers with an error. */
export function refuseApi(ctx: Context, status: number, error: ApiError): void {
  ctx.status = status;
  ctx.body = { error };
}

const RETRY_AFTER_SECONDS = 5;

/** A handler whose failure is answered as an error of the API: 503 where trying again may help, else 500. */
export function answering<C extends Context>(
  log: Logger,
  handle: (ctx: C) => Promise<void>,
): (ctx: C) => Promise<void> {
  return async (ctx) => {
    try {
      await handle(ctx);
    } catch (error) {
      log.error({ err: error, reason: errorText(error), path: ctx.path.slice(0, 200) }, "API call failed");
      answerFailure(ctx, error);
    }
  };
}

function answerFailure(ctx: Context, error: unknown): void {
  const known = isChatOpsError(error) ? error : null;
  const message = known?.message ?? "内部错误，详见日志 (an internal error, see the log)";
  if (known?.retryable) ctx.set("Retry-After", String(RETRY_AFTER_SECONDS));
  refuseApi(ctx, known?.retryable ? 503 : 500, { code: known?.code ?? "internal", message });
}
