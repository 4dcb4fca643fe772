import type { Inbox, InboxClaim, InboxPayload } from "../../core/ports/index.ts";
import { limitOf } from "./claims.ts";
import type { Engine } from "./engine.ts";
import { finite } from "./finite.ts";
import { CLAIM, DONE, INSERT, IS_DONE, POSTPONE, TRIM } from "./inbox-scripts.ts";
import { INBOX_TAG } from "./partitions.ts";
import { trimAll } from "./trim-all.ts";

type ClaimRow = [key: string, received: string, attempts: string, payload: string, fence: string];

/** The inbox over Redis: one partition, so that the oldest goes first over all of it. */
export function redisInbox(engine: Engine): Inbox {
  return {
    insert: async ({ key, receivedAtMs, payload }) => {
      const args = [key, finite(receivedAtMs, "receivedAtMs"), JSON.stringify(payload)];
      if ((await engine.write<number>(INSERT, INBOX_TAG, args)) === 0) return "seen";
      engine.wake("inbox");
      return "new";
    },
    claim: async (max, leaseMs) => {
      const args = [limitOf(max), leaseMs, engine.config.holder ?? ""];
      const rows = await engine.run<ClaimRow[]>(CLAIM, INBOX_TAG, args);
      return rows.map(claimOf);
    },
    done: async (key, fence) => (await engine.run<number>(DONE, INBOX_TAG, [key, fence])) === 1,
    postpone: async (key, fence, dueAtMs) => {
      const kept = await engine.write<number>(POSTPONE, INBOX_TAG, [key, fence, finite(dueAtMs, "dueAtMs")]);
      if (kept === 1) engine.wake("inbox");
      return kept === 1;
    },
    isDone: async (key) => (await engine.run<number>(IS_DONE, INBOX_TAG, [key])) === 1,
    trim: (olderThanMs) => trimAll(engine, { script: TRIM, tag: INBOX_TAG, olderThanMs }),
  };
}

function claimOf([key, received, attempts, payload, fence]: ClaimRow): InboxClaim {
  return {
    key,
    payload: JSON.parse(payload) as InboxPayload,
    receivedAtMs: Number(received),
    fence: Number(fence),
    attempts: Number(attempts),
  };
}
