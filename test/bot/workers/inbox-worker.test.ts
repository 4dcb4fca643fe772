import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type InboxWorkerDeps, startInboxWorker } from "../../../bot/workers/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { Inbox, InboxItem } from "../../../core/ports/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";
import { eventually, gate } from "./parts.ts";

function anItem(key: string): InboxItem {
  const payload = { kind: "text" as const, userId: "zhangsan", text: key, createdAtSeconds: 1 };
  return { key, payload, receivedAtMs: START_MS };
}

interface Setting {
  /** The loop ends with it. */
  t: TestContext;
  handle: InboxWorkerDeps["handle"];
  wrap?: (inbox: Inbox) => Inbox;
}

function setting({ t, handle, wrap = (inbox) => inbox }: Setting) {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const log = recordingLog();
  const inbox = wrap(store.inbox);
  const givenUp: string[] = [];
  const onGivenUp = async ({ key }: InboxItem) => void givenUp.push(key);
  const loop = startInboxWorker({ inbox, handle, onGivenUp, clock, log });
  t.after(() => loop.stop());
  store.onWrite((what) => {
    if (what === "inbox") loop.wake();
  });
  return { clock, store, log, loop, givenUp };
}

test("an item is worked on once and is done", async (t) => {
  const worked: string[] = [];
  const { store, loop } = setting({
    t,
    handle: async ({ key }) => {
      worked.push(key);
    },
  });
  await store.inbox.insert(anItem("a"));
  await store.inbox.insert(anItem("b"));
  await eventually("both", () => worked.length === 2);
  await loop.stop();
  assert.deepEqual(worked.sort(), ["a", "b"]);
  assert.deepEqual(await store.inbox.claim(10, 1000), []);
});

test("a failing item is tried again after growing pauses, while others go on", async (t) => {
  let tries = 0;
  const worked: string[] = [];
  const { clock, store, log, loop } = setting({
    t,
    handle: async ({ key }) => {
      if (key === "bad" && tries++ < 3) throw new Error("directory away");
      worked.push(key);
    },
  });
  await store.inbox.insert(anItem("bad"));
  for (const [i, pauseMs] of [500, 1000, 2000].entries()) {
    await eventually(`try ${i + 1}`, () => log.lines.length === i + 1);
    await store.inbox.insert(anItem(`good-${i}`));
    await eventually("the good one", () => worked.includes(`good-${i}`));
    clock.advance(pauseMs - 1);
    loop.wake();
    await store.inbox.insert(anItem(`later-${i}`));
    await eventually("another round", () => worked.includes(`later-${i}`));
    assert.equal(tries, i + 1);
    clock.advance(1);
    loop.wake();
  }
  await eventually("the fourth try", () => worked.includes("bad"));
  await loop.stop();
  assert.deepEqual(
    log.lines.map(({ level, fields }) => [level, fields["attempts"], fields["reason"]]),
    [0, 1, 2].map((attempts) => ["warn", attempts, "directory away"]),
  );
});

test("a failure that asks for a longer pause gets it", async (t) => {
  const error = new ChatOpsError("too often", { code: "wecom.rate_limited", retryAfterMs: 60_000 });
  const postponed: number[] = [];
  const { store, loop } = setting({
    t,
    handle: async () => {
      throw error;
    },
    wrap: (inbox) => ({
      ...inbox,
      postpone: (key, fence, dueAtMs) => {
        postponed.push(dueAtMs - START_MS);
        return inbox.postpone(key, fence, dueAtMs);
      },
    }),
  });
  await store.inbox.insert(anItem("a"));
  await eventually("the pause", () => postponed.length === 1);
  await loop.stop();
  assert.deepEqual(postponed, [60_000]);
});

test("an item that fails for about a day is given up, loudly", async (t) => {
  // As it stands after all its tries.
  const aged = (inbox: Inbox): Inbox => ({
    ...inbox,
    claim: async (max, leaseMs) => {
      const items = await inbox.claim(max, leaseMs);
      return items.map((item) => ({ ...item, attempts: 2_900 }));
    },
  });
  const { store, log, loop, givenUp } = setting({
    t,
    handle: async () => {
      throw new Error("never works");
    },
    wrap: aged,
  });
  await store.inbox.insert(anItem("a"));
  await eventually("the end of it", () => log.lines.length === 1);
  await loop.stop();
  assert.deepEqual([log.lines[0]?.level, log.lines[0]?.message], ["error", "callback given up"]);
  assert.deepEqual(givenUp, ["a"]);
  assert.equal(await store.inbox.insert(anItem("a")), "seen");
  assert.deepEqual(await store.inbox.claim(10, 1000), []);
});

test("an item that can never be worked on is given up at once, and its person is told", async (t) => {
  let tries = 0;
  const { store, log, loop, givenUp } = setting({
    t,
    handle: async () => {
      tries++;
      throw new ChatOpsError("not in the contacts", { code: "wecom.out_of_scope", reached: "no" });
    },
  });
  await store.inbox.insert(anItem("a"));
  await eventually("the end of it", () => log.lines.length === 1);
  await loop.stop();
  assert.deepEqual([log.lines[0]?.level, log.lines[0]?.message], ["error", "callback given up"]);
  assert.deepEqual([tries, givenUp], [1, ["a"]]);
  assert.deepEqual(await store.inbox.claim(10, 1000), []);
});

test("stop waits for the item under way", async (t) => {
  const open = gate();
  let done = false;
  let begun = false;
  const { store, loop } = setting({
    t,
    handle: async () => {
      begun = true;
      await open.promise;
      done = true;
    },
  });
  await store.inbox.insert(anItem("a"));
  await eventually("the item to begin", () => begun);
  const stopping = loop.stop();
  open.open();
  await stopping;
  assert.equal(done, true);
});
