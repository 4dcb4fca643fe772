import { type ChatOpsError, errorText, isChatOpsError } from "../../core/errors.ts";
import type { Clock, Logger, Metrics, Outbox, OutboxClaim } from "../../core/ports/index.ts";
import { doublingDelayMs } from "../../core/tasks/index.ts";
import type { Deliver } from "./deliver.ts";
import { type Loop, startLoop } from "./loop.ts";
import { createSlots } from "./slots.ts";

export interface OutboxWorkerDeps {
  outbox: Outbox;
  deliver: Deliver;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** A number in [0, 1) for spreading retries. */
  random: () => number;
}

const CONCURRENT_MESSAGES = 128;
const LEASE_MS = 60_000;
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 60_000;

/** Sends what waits to be sent: by lane and age, each task's messages in their order, retried as errors say. */
export function startOutboxWorker(deps: OutboxWorkerDeps): Loop {
  const { outbox, deliver, clock, log, metrics } = deps;
  const slots = createSlots(CONCURRENT_MESSAGES, () => loop.wake());

  const work = async (claim: OutboxClaim): Promise<void> => {
    const { kind } = claim.body;
    try {
      await deliver(claim);
      metrics.count("outbox_items", { kind, outcome: "done" });
    } catch (error) {
      await failed(claim, error);
    }
  };

  const failed = async (claim: OutboxClaim, error: unknown): Promise<void> => {
    const known = isChatOpsError(error) ? error : null;
    const nowMs = clock.nowMs();
    const dueAtMs = Math.ceil(nowMs + pauseMs(claim, known, { nowMs, random: deps.random() }));
    const counted = known?.reached !== "no";
    const fields = { key: claim.key, kind: claim.body.kind, code: known?.code ?? "unexpected" };
    log.warn({ ...fields, reason: errorText(error), retryInMs: dueAtMs - nowMs }, "message not sent");
    metrics.count("outbox_items", { kind: claim.body.kind, outcome: "retried" });
    await outbox.postpone(claim.key, claim.fence, { dueAtMs, counted }).catch((cause: unknown) => {
      log.error({ ...fields, reason: errorText(cause) }, "message could not be put back; its lease will end");
    });
  };

  const round = async () => {
    const free = slots.free();
    if (free === 0) return { more: false, nextDueAtMs: null };
    const claims = await outbox.claim(free, LEASE_MS);
    for (const claim of claims) slots.run(() => work(claim));
    return { more: claims.length > 0 && slots.free() > 0, nextDueAtMs: await outbox.nextDueAtMs() };
  };

  const loop = startLoop({ name: "outbox", clock, log, maxIdleMs: 5_000, round });
  return {
    wake: () => loop.wake(),
    stop: async () => {
      await loop.stop();
      await slots.drain();
    },
  };
}

/**
 * What the other side asks for is never shortened. Our own pause doubles with the attempts, or with the item's
 * age where they are not counted because nothing was sent; it is spread, so that not all come back together.
 */
function pauseMs(
  claim: OutboxClaim,
  error: ChatOpsError | null,
  { nowMs, random }: { nowMs: number; random: number },
): number {
  if (error?.retryAfterMs !== undefined) return error.retryAfterMs * (1 + random / 4);
  const tried = doublingDelayMs(claim.attempts, RETRY_BASE_MS, RETRY_MAX_MS);
  const waited = Math.min(RETRY_MAX_MS, nowMs - claim.createdAtMs);
  const own = error?.reached === "no" ? Math.max(tried, waited) : tried;
  return own * (0.5 + random / 2);
}
