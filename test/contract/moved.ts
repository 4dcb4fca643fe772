import assert from "node:assert/strict";
import { test } from "node:test";
import type { Audit, JournalEntry } from "../../core/ports/index.ts";
import { aDelivery, aDraft, aRawBody, aTask } from "../support/builders.ts";
import { START_MS } from "../support/clock.ts";
import type { EmbeddedFolder } from "../support/transfer.ts";
import { sampleFolder } from "../support/transfer-sample.ts";
import type { Harness } from "./harness.ts";
import { passAll } from "./journal/support.ts";
import { aTake } from "./throttle-store.ts";

type Worked = Harness & { audit: Audit };

/** Where a folder was moved to: a store that is worked on. */
export type MoveTo = (folder: EmbeddedFolder) => Promise<{ harness: Worked; end(): Promise<void> }>;

/** Whoever works on a store that was moved finds what was there before, and goes on with it. */
export function movedContract(name: string, moveTo: MoveTo): void {
  const moved = (does: string, look: (harness: Worked, before: unknown) => Promise<void>) =>
    test(`${name}, moved: ${does}`, async () => {
      const folder = await sampleFolder();
      const before = await folder.work(observed);
      const { harness, end } = await moveTo(folder);
      harness.clock.set(folder.clock.nowMs());
      try {
        await look(harness, before);
      } finally {
        await end();
        folder.remove();
      }
    });

  moved("shows what was there", async (harness, before) => {
    assert.deepEqual(await observed(harness), before);
  });
  moved("knows deliveries, signatures, callbacks and tasks that came before", knowsBefore);
  moved("gives out tasks, messages and callbacks that waited", givesOut);
  moved("forgets what all readers have passed", forgets);
  moved("numbers audit entries and versions on", numbersOn);
}

async function observed({ journal, tasks, outbox, throttle, audit, configs, replays, state }: Worked) {
  const readers = ["archive", "rules"] as const;
  const unread = readers.flatMap((reader) =>
    [0, 1].map(async (partition) => (await journal.read({ reader, partition }, 100)).map(withoutPosition)),
  );
  const id = aTask({ eventId: "e_1" }).id;
  return {
    unread: await Promise.all(unread),
    lag: await Promise.all(readers.map((reader) => journal.lag(reader))),
    refusals: await journal.refusals(10),
    raw: await journal.raw(aRawBody("refused").ref),
    task: [await tasks.get(id), await tasks.countByState(), await tasks.nextDueAtMs()],
    ofIncident: (await tasks.list({ incident: { source: "prometheus", key: "vm-1/data" }, limit: 9 })).length,
    messages: [await outbox.depth(), await outbox.nextDueAtMs()],
    tokens: [await throttle.show("b"), await throttle.take([aTake({ grantId: id, key: "other" })])],
    audit: [await audit.read(0, 100), await audit.verify(1)],
    versions: [await configs.latest("rule"), await configs.versions({ kind: "policy", name: "c2" })],
    replays: (await replays.list(20)).map((one) => one.id).sort(),
    stops: (await state.list("stop")).map(({ name, body }) => ({ name, body })),
  };
}

function withoutPosition({ position: _, ...rest }: JournalEntry): unknown {
  return rest;
}

async function knowsBefore({ journal, inbox, tasks }: Worked): Promise<void> {
  const lag = await journal.lag("rules");
  const again = await journal.append(aDelivery([aDraft()]));
  assert.deepEqual(
    again.map((receipt) => receipt.outcome),
    ["duplicate"],
  );
  const replay = { signature: "sig 9", forMs: 90_000 };
  const signed = await journal.append(aDelivery([aDraft({ dedupeKey: "another" })], { replay }));
  assert.deepEqual(
    signed.map((receipt) => receipt.outcome),
    ["duplicate"],
  );
  assert.equal(await journal.lag("rules"), lag);
  const payload = { kind: "text" as const, userId: "zhangsan", text: "again", createdAtSeconds: 1 };
  for (const key of ["in-1", "in-2"]) {
    assert.equal(await inbox.insert({ key, receivedAtMs: START_MS, payload }), "seen");
  }
  const task = aTask({ eventId: "e_1" });
  const made = await tasks.make({ task, outbox: [], take: aTake({ grantId: task.id, key: "b" }) });
  assert.deepEqual([made.outcome, made.grant?.outcome], ["exists", "granted"]);
}

async function givesOut({ tasks, outbox, inbox, replays }: Worked): Promise<void> {
  const claimed = await tasks.claimDue("w", 10, 1000);
  assert.equal(claimed.length, 2);
  for (const { task, fence } of claimed) {
    const next = { ...task, revision: task.revision + 1, dueAtMs: null };
    assert.equal(await tasks.move({ task: next, expected: task.revision, outbox: [], fence }), "moved");
  }
  const first = claimed[0]?.task.id;
  const said: string[] = [];
  for (;;) {
    const some = await outbox.claim(10, 1000);
    if (some.length === 0) break;
    const tasksOfAll = some.flatMap((one) => one.taskId ?? []);
    assert.equal(new Set(tasksOfAll).size, tasksOfAll.length, "two messages of one task at once");
    for (const { key, fence, taskId, attempts } of some) {
      assert.ok(attempts > 0);
      if (taskId === first) said.push(key);
      assert.equal(await outbox.settle(key, fence), true);
    }
  }
  assert.deepEqual(
    said.map((key) => key.split(":").at(-1)),
    ["0", "1", "2"],
  );
  const callbacks = await inbox.claim(20, 1000);
  const times = callbacks.map((one) => one.receivedAtMs);
  assert.deepEqual(times, times.toSorted());
  assert.ok(callbacks.length > 0);
  assert.equal((await replays.claim("rehearse", 1000))?.replay.id, "r_3");
}

async function forgets({ journal, clock }: Worked): Promise<void> {
  for (const reader of ["archive", "rules"] as const) await passAll(journal, reader);
  const later = clock.nowMs() + 1000;
  clock.set(later + 86_400_000);
  assert.ok((await journal.trim(later)) > 5);
  assert.equal(await journal.lag("rules"), 0);
  // Of the bodies only the refused one is still told of.
  assert.equal(await journal.raw(aRawBody("signed 1").ref), null);
  assert.notEqual(await journal.raw(aRawBody("refused").ref), null);
  const [receipt] = await journal.append(aDelivery([aDraft({ dedupeKey: "signed 1" })]));
  assert.notEqual(receipt?.outcome, "duplicate");
}

async function numbersOn({ audit, configs }: Worked): Promise<void> {
  const at = "2026-11-02T00:00:00.000Z";
  const [last] = (await audit.read(0, 100)).slice(-1);
  const entry = await audit.append({ at, who: "lisi", what: "config.edit", object: "x", detail: {} });
  assert.equal(entry.seq, (last?.seq ?? 0) + 1);
  assert.equal((await audit.verify(1)).outcome, "whole");
  const of = { kind: "policy", name: "c2" } as const;
  const before = await configs.versions(of);
  const recorded = await configs.record({ ...of, at, by: "file", text: "newest" });
  assert.equal(recorded.version?.no, before.length + 1);
}
