import type {
  Lane,
  Outbox,
  OutboxBody,
  OutboxClaim,
  OutboxItem,
  OutboxWaiting,
} from "../../core/ports/index.ts";
import { readTask } from "../../core/tasks/index.ts";
import { collectClaims, earliest, limitOf, peekedIn } from "./claims.ts";
import type { Arg, Engine } from "./engine.ts";
import { finite } from "./finite.ts";
import {
  ADD,
  BEHIND,
  CLAIM_ITEMS,
  LIST_ITEMS,
  NEXT_ITEM,
  OLDEST_ITEMS,
  PEEK_ITEMS,
  POSTPONE_ITEM,
  REPLACE,
  SETTLE,
} from "./outbox-scripts.ts";
import { homeOfMessage, OUTBOX_TAGS } from "./partitions.ts";
import { getTask } from "./task-queries.ts";

/** The outbox over Redis. */
export function redisOutbox(engine: Engine): Outbox {
  return {
    add: (items) => addItems(engine, items),
    claim: (max, leaseMs) => claim(engine, max, leaseMs),
    settle: (key, fence, behind) => settle(engine, { key, fence }, behind),
    replace: async (key, fence, items) => {
      const args = [key, fence, ...itemArgs(items)];
      const replaced = await engine.write<number>(REPLACE, homeOfMessage(key), args);
      if (replaced === 1) engine.wake("outbox");
      return replaced === 1;
    },
    behind: async (key, fence, max) => {
      const rows = await engine.run<BehindRow[]>(BEHIND, homeOfMessage(key), [key, fence, limitOf(max)]);
      return rows.map(itemOf);
    },
    postpone: async (key, fence, { dueAtMs, counted, why = "" }) => {
      const args = [key, fence, finite(dueAtMs, "dueAtMs"), counted ? 0 : -1, why];
      const kept = await engine.write<number>(POSTPONE_ITEM, homeOfMessage(key), args);
      if (kept === 1) engine.wake("outbox");
      return kept === 1;
    },
    depth: () => depth(engine),
    list: (max, lane) => list(engine, limitOf(max), lane),
    oldest: () => oldest(engine),
    nextDueAtMs: () => earliest(engine, OUTBOX_TAGS, NEXT_ITEM),
  };
}

/** What the scripts take of messages, in order. */
export function itemArgs(items: readonly OutboxItem[]): Arg[] {
  return items.flatMap(({ key, taskId, lane, body, dueAtMs }) => [
    ...[key, taskId ?? "", lane, body.kind, finite(dueAtMs, "dueAtMs")],
    JSON.stringify(body),
  ]);
}

/** Writes messages whose keys are not waiting already, each partition's in one write. */
export async function addItems(engine: Engine, items: readonly OutboxItem[]): Promise<void> {
  const homes = Map.groupBy(items, (item) => homeOfMessage(item.key));
  const writes = [...homes].map(([tag, some]) => engine.write<number>(ADD, tag, itemArgs(some)));
  // An empty call still says whether the store takes calls.
  if (writes.length === 0) await engine.run(ADD, homeOfMessage(""));
  const added = await Promise.all(writes);
  if (added.some((count) => count > 0)) engine.wake("outbox");
}

/** Removes a claimed message, and some behind it, and lets the next of its task forward. */
export async function settle(
  engine: Engine,
  { key, fence }: { key: string; fence: number },
  behind: readonly string[] = [],
): Promise<boolean> {
  const settled = await engine.write<number>(SETTLE, homeOfMessage(key), [key, fence, ...behind]);
  if (settled === 2) engine.wake("outbox");
  return settled > 0;
}

async function claim(engine: Engine, max: number, leaseMs: number): Promise<OutboxClaim[]> {
  const claims = await collectClaims(limitOf(max), {
    peek: async (most) =>
      peekedIn(OUTBOX_TAGS, await engine.runEach<string[]>(PEEK_ITEMS, OUTBOX_TAGS, { args: [most] })),
    hold: async ({ tags, members }, fence) => {
      const given = { args: [leaseMs, fence, engine.config.holder ?? ""], own: members };
      const rows = (await engine.writeEach<ClaimRow[]>(CLAIM_ITEMS, tags, given)).flat();
      return rows.map((row) => ({ member: row[0], claim: claimOf(row) }));
    },
  });
  return Promise.all(claims.map((one) => withTask(engine, one)));
}

/** A message that does not live beside its task comes without it. */
async function withTask(engine: Engine, claim: OutboxClaim): Promise<OutboxClaim> {
  if (claim.task || claim.taskId === null) return claim;
  const task = await getTask(engine, claim.taskId);
  return task ? { ...claim, task } : claim;
}

type ClaimRow = [
  member: string,
  fence: string,
  task: string,
  lane: string,
  due: string,
  created: string,
  attempts: string,
  body: string,
  taskBody: string | null,
];

function claimOf([member, fence, task, lane, due, created, attempts, body, taskBody]: ClaimRow): OutboxClaim {
  return {
    key: member.slice(17),
    taskId: task === "" ? null : task,
    lane: Number(lane) as OutboxItem["lane"],
    body: JSON.parse(body) as OutboxBody,
    dueAtMs: Number(due),
    fence: Number(fence),
    attempts: Number(attempts),
    createdAtMs: Number(created),
    ...(taskBody === null ? {} : { task: readTask(taskBody) }),
  };
}

async function depth(engine: Engine): Promise<Record<string, number>> {
  const rows = await Promise.all(
    OUTBOX_TAGS.map((tag) => engine.command<string[]>("HGETALL", [`${engine.base(tag)}:kinds`])),
  );
  const total: Record<string, number> = {};
  for (const row of rows) {
    for (let i = 0; i < row.length; i += 2) {
      const count = Number(row[i + 1]);
      if (count > 0) total[row[i] ?? ""] = (total[row[i] ?? ""] ?? 0) + count;
    }
  }
  return total;
}

type BehindRow = [key: string, task: string, lane: string, due: string, body: string];

function itemOf([key, task, lane, due, body]: BehindRow): OutboxItem {
  return {
    ...{ key, taskId: task, lane: Number(lane) as Lane, dueAtMs: Number(due) },
    body: JSON.parse(body) as OutboxBody,
  };
}

type WaitingRow = [
  member: string,
  held: string,
  why: string,
  task: string,
  lane: string,
  kind: OutboxWaiting["kind"],
  due: string,
  created: string,
  attempts: string,
];

async function list(engine: Engine, max: number, lane: Lane | undefined): Promise<OutboxWaiting[]> {
  if (max === 0) return [];
  const args = [max, lane ?? 0, lane ?? 9];
  const rows = (await engine.runEach<WaitingRow[]>(LIST_ITEMS, OUTBOX_TAGS, { args })).flat();
  rows.sort((a, b) => Number(a[4]) - Number(b[4]) || (a[0] < b[0] ? -1 : 1));
  return rows.slice(0, max).map(waitingOf);
}

function waitingOf(row: WaitingRow): OutboxWaiting {
  const [member, held, why, task, lane, kind, due, created, attempts] = row;
  return {
    ...{ key: member.slice(17), taskId: task === "" ? null : task, lane: Number(lane) as Lane, kind },
    ...{ dueAtMs: Number(due), createdAtMs: Number(created), attempts: Number(attempts) },
    ...(held === "" ? {} : { heldUntilMs: Number(held) }),
    ...(why === "" ? {} : { why }),
  };
}

async function oldest(engine: Engine): Promise<Partial<Record<Lane, number>>> {
  const found: Partial<Record<Lane, number>> = {};
  for (const row of await engine.runEach<string[]>(OLDEST_ITEMS, OUTBOX_TAGS)) {
    for (let i = 0; i < row.length; i += 2) {
      const lane = Number(row[i]) as Lane;
      found[lane] = Math.min(found[lane] ?? Number.POSITIVE_INFINITY, Number(row[i + 1]));
    }
  }
  return found;
}
