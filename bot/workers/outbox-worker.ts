import { type ChatOpsError, errorText, isChatOpsError } from "../../core/errors.ts";
import { BUDGET_SHORT } from "../../core/outbox/index.ts";
import type { Clock, Logger, Metrics, Outbox, OutboxClaim } from "../../core/ports/index.ts";
import { doublingDelayMs } from "../../core/tasks/index.ts";
import type { Deliver } from "./deliver.ts";
import type { DeliverDigest } from "./digests.ts";
import { type Loop, startLoop } from "./loop.ts";
import { createSlots } from "./slots.ts";

export interface OutboxWorkerDeps {
  outbox: Outbox;
  deliver: Deliver;
  digest: DeliverDigest;
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

const MAX_WHY = 300;

/**
 * Sends what waits to be sent: by lane and age, each task's messages in their order, retried as errors say. Lines of
 * one person's digest go out together.
 */
export function startOutboxWorker(deps: OutboxWorkerDeps): Loop {
  const { outbox, deliver, digest, clock, log, metrics } = deps;
  const slots = createSlots(CONCURRENT_MESSAGES, () => loop.wake());

  const work = async (claims: readonly OutboxClaim[], send: () => Promise<void>): Promise<void> => {
    try {
      await send();
      for (const { body } of claims) metrics.count("outbox_items", { kind: body.kind, outcome: "done" });
    } catch (error) {
      await Promise.all(claims.map((claim) => failed(claim, error)));
    }
  };

  const failed = async (claim: OutboxClaim, error: unknown): Promise<void> => {
    const known = isChatOpsError(error) ? error : null;
    const nowMs = clock.nowMs();
    const dueAtMs = Math.ceil(nowMs + pauseMs(claim, known, { nowMs, random: deps.random() }));
    const counted = known?.reached !== "no";
    const fields = { key: claim.key, kind: claim.body.kind, code: known?.code ?? "unexpected" };
    const waits = known?.code === BUDGET_SHORT;
    if (!waits)
      log.warn({ ...fields, reason: errorText(error), retryInMs: dueAtMs - nowMs }, "message not sent");
    metrics.count("outbox_items", { kind: claim.body.kind, outcome: waits ? "put_off" : "retried" });
    const why = `${fields.code}: ${errorText(error)}`.slice(0, MAX_WHY);
    await outbox.postpone(claim.key, claim.fence, { dueAtMs, counted, why }).catch((cause: unknown) => {
      log.error({ ...fields, reason: errorText(cause) }, "message could not be put back; its lease will end");
    });
  };

  const round = async () => {
    const free = slots.free();
    if (free === 0) return { more: false, nextDueAtMs: null };
    const claims = await outbox.claim(free, LEASE_MS);
    for (const some of jobsOf(claims)) {
      const [claim] = some;
      slots.run(() => work(some, () => (claim.body.kind === "line" ? digest(some) : deliver(claim))));
    }
    return { more: claims.length > 0 && slots.free() > 0, nextDueAtMs: outbox.nextDueAtMs };
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

type Job = [OutboxClaim, ...OutboxClaim[]];

/** The lines of one person are one job. */
function jobsOf(claims: readonly OutboxClaim[]): Job[] {
  const jobs = new Map<string, Job>();
  for (const claim of claims) {
    const of = claim.body.kind === "line" ? `@${claim.body.to}` : claim.key;
    const job = jobs.get(of);
    if (job) job.push(claim);
    else jobs.set(of, [claim]);
  }
  return [...jobs.values()];
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
  if (error?.code === BUDGET_SHORT && error.retryAfterMs !== undefined) return error.retryAfterMs;
  if (error?.retryAfterMs !== undefined) return error.retryAfterMs * (1 + random / 4);
  const tried = doublingDelayMs(claim.attempts, RETRY_BASE_MS, RETRY_MAX_MS);
  const waited = Math.min(RETRY_MAX_MS, nowMs - claim.createdAtMs);
  const own = error?.reached === "no" ? Math.max(tried, waited) : tried;
  return own * (0.5 + random / 2);
}
