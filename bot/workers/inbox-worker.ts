import { errorText, isChatOpsError, isFinal } from "../../core/errors.ts";
import type { Clock, Inbox, InboxClaim, Logger } from "../../core/ports/index.ts";
import { doublingDelayMs } from "../../core/tasks/index.ts";
import { type Loop, startLoop } from "./loop.ts";
import { createSlots } from "./slots.ts";

export interface InboxWorkerDeps {
  inbox: Inbox;
  /** Works on one item; throws when it is to be tried again. */
  handle: (item: InboxClaim) => Promise<void>;
  /** Tells whoever sent an item that it is given up. */
  onGivenUp: (item: InboxClaim) => Promise<void>;
  clock: Clock;
  log: Logger;
}

const CONCURRENT_ITEMS = 32;
const LEASE_MS = 60_000;
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 30_000;
/** After about a day of tries an item is dropped, loudly: WeCom may be away for hours, not for ever. */
const MAX_ATTEMPTS = 2_900;

/** Works on callbacks after they were answered. What can never be done is given up at once. */
export function startInboxWorker(deps: InboxWorkerDeps): Loop {
  const { inbox, clock, log } = deps;
  const slots = createSlots(CONCURRENT_ITEMS, () => loop.wake());

  const work = async (item: InboxClaim): Promise<void> => {
    try {
      await deps.handle(item);
      await inbox.done(item.key, item.fence);
    } catch (error) {
      await failed(item, error);
    }
  };

  const failed = async (item: InboxClaim, error: unknown): Promise<void> => {
    const fields = { kind: item.payload.kind, attempts: item.attempts, reason: errorText(error) };
    if (isFinal(error) || item.attempts >= MAX_ATTEMPTS) {
      log.error(fields, "callback given up");
      await deps.onGivenUp(item);
      await inbox.done(item.key, item.fence);
      return;
    }
    log.warn(fields, "callback not worked on; it is tried again");
    const own = doublingDelayMs(item.attempts, RETRY_BASE_MS, RETRY_MAX_MS);
    const asked = isChatOpsError(error) ? (error.retryAfterMs ?? 0) : 0;
    const dueAtMs = clock.nowMs() + Math.max(own, asked);
    await inbox.postpone(item.key, item.fence, dueAtMs);
  };

  const round = async () => {
    const free = slots.free();
    if (free === 0) return { more: false, nextDueAtMs: null };
    const items = await inbox.claim(free, LEASE_MS);
    for (const item of items) slots.run(() => work(item).catch((error: unknown) => lost(item, error)));
    return { more: items.length > 0 && slots.free() > 0, nextDueAtMs: null };
  };

  const lost = (item: InboxClaim, error: unknown) => {
    log.error({ kind: item.payload.kind, reason: errorText(error) }, "callback could not be put back");
  };

  const loop = startLoop({ name: "inbox", clock, log, maxIdleMs: 1_000, round });
  return {
    wake: () => loop.wake(),
    stop: async () => {
      await loop.stop();
      await slots.drain();
    },
  };
}
