import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { WhaleEvent } from "../../core/events/index.ts";
import type { Archive, ArchiveQuery } from "../../core/ports/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import { anEvent } from "../support/builders.ts";
import { START_MS } from "../support/clock.ts";
import { FINDS, PLAIN_TEXT, TEXTS } from "./archive-texts.ts";

/** Opens an empty archive that is gone after the test. */
export type OpenForTest = (context: TestContext) => Promise<Archive>;

/** The numeric fields that archives under test know as declared. */
export const NUMERIC_FIELDS = ["usage", "cpu load", "容量"];

/** An event received so many seconds after test clocks start. */
export function eventAt(id: string, seconds: number, overrides: Partial<WhaleEvent> = {}): WhaleEvent {
  const receivedAt = new Date(START_MS + seconds * 1000).toISOString();
  return anEvent({ id, receivedAt, ...overrides });
}

/** A verdict of one rule about one event. */
export function aVerdict(eventId: string, ruleId: string, overrides: Partial<Verdict> = {}): Verdict {
  const at = new Date(START_MS).toISOString();
  return { eventId, ruleId, ruleVersion: "v1", outcome: "held", reason: "throttled", at, ...overrides };
}

async function ids(archive: Archive, query: Partial<ArchiveQuery>): Promise<string[]> {
  const { events } = await archive.search({ limit: 100, ...query });
  return events.map((event) => event.id);
}

async function store(archive: Archive, ...events: WhaleEvent[]): Promise<void> {
  await archive.write({ events, verdicts: [] });
}

const BAD: [name: string, query: Partial<ArchiveQuery>][] = [
  ["a limit of 0", { limit: 0 }],
  ["a limit that is not whole", { limit: 1.5 }],
  ["a start that is no instant", { from: "yesterday" }],
  ["an end that is no instant", { to: "2026-13-01" }],
  ["an `after` of somebody else", { after: "!" }],
];

/** The promises of the archive port, for every implementation. */
export function archiveContract(name: string, open: OpenForTest): void {
  storing(name, open);
  filtering(name, open);
  paging(name, open);
  searching(name, open);
}

function storing(name: string, open: OpenForTest): void {
  test(`${name}: gives back an event as it was written, and null for one it does not know`, async (t) => {
    const archive = await open(t);
    const event = eventAt("e_1", 0, {
      repeatOf: "e_0",
      violations: [{ path: "detail.usage", message: "高" }],
    });
    await store(archive, event);
    assert.deepEqual(await archive.get("e_1"), event);
    assert.equal(await archive.get("e_2"), null);
  });

  test(`${name}: changes nothing when the same batch is written twice`, async (t) => {
    const archive = await open(t);
    const batch = { events: [eventAt("e_1", 0), eventAt("e_2", 1)], verdicts: [aVerdict("e_1", "r")] };
    await archive.write(batch);
    await archive.write(batch);
    assert.equal(await archive.count(), 2);
    assert.deepEqual(await ids(archive, { text: "磁盘" }), ["e_2", "e_1"]);
    assert.equal((await archive.verdicts("e_1")).length, 1);
  });

  test(`${name}: takes one event twice in one batch`, async (t) => {
    const archive = await open(t);
    await store(archive, eventAt("e_1", 0), eventAt("e_1", 0));
    assert.deepEqual(await ids(archive, {}), ["e_1"]);
  });

  test(`${name}: replaces an event that is written again with another content, in search too`, async (t) => {
    const archive = await open(t);
    await store(archive, eventAt("e_1", 0, { title: "磁盘" }), eventAt("e_2", 5));
    await store(archive, eventAt("e_1", 9, { title: "内存" }));
    assert.deepEqual(await ids(archive, {}), ["e_1", "e_2"]);
    assert.deepEqual(await ids(archive, { text: "内存" }), ["e_1"]);
    assert.deepEqual(await ids(archive, { text: "磁盘" }), ["e_2"]);
  });

  test(`${name}: keeps verdicts once for each rule, also when they come before their event`, async (t) => {
    const archive = await open(t);
    const late = aVerdict("e_1", "b", { outcome: "fired", reason: "fired", taskId: "t_1" });
    await archive.write({
      events: [],
      verdicts: [aVerdict("e_1", "b"), aVerdict("e_1", "a"), aVerdict("e_9", "a")],
    });
    await archive.write({ events: [eventAt("e_1", 0)], verdicts: [late] });
    assert.deepEqual(await archive.verdicts("e_1"), [aVerdict("e_1", "a"), late]);
    assert.deepEqual(await ids(archive, { ruleId: "b", reason: "fired" }), ["e_1"]);
    assert.deepEqual(await ids(archive, { ruleId: "b", reason: "throttled" }), []);
    assert.deepEqual(await archive.verdicts("e_2"), []);
  });

  test(`${name}: takes an empty batch`, async (t) => {
    const archive = await open(t);
    await archive.write({ events: [], verdicts: [] });
    assert.equal(await archive.count(), 0);
    assert.deepEqual(await archive.search({ limit: 5 }), { events: [], next: null });
  });

  test(`${name}: is not changed by what its callers do with what they gave or got`, async (t) => {
    const archive = await open(t);
    const event = eventAt("e_1", 0);
    await store(archive, event);
    event.title = "changed";
    const got = await archive.get("e_1");
    if (got) got.title = "changed";
    assert.equal((await archive.get("e_1"))?.title, anEvent().title);
  });
}

function filtering(name: string, open: OpenForTest): void {
  test(`${name}: filters by type, source and subject, all that are given together`, async (t) => {
    const archive = await open(t);
    await store(
      archive,
      eventAt("e_1", 1, { type: "a", source: "s", subject: "vm-1" }),
      eventAt("e_2", 2, { type: "a", source: "s", subject: "vm-2" }),
      eventAt("e_3", 3, { type: "b", source: "s", subject: "vm-1" }),
      eventAt("e_4", 4, { type: "a", source: "z", subject: "" }),
    );
    assert.deepEqual(await ids(archive, { type: ["a"] }), ["e_4", "e_2", "e_1"]);
    assert.deepEqual(await ids(archive, { source: ["s"], subject: "vm-1" }), ["e_3", "e_1"]);
    assert.deepEqual(await ids(archive, { type: ["a"], source: ["s"], subject: "vm-1", text: "磁盘" }), [
      "e_1",
    ]);
    assert.deepEqual(await ids(archive, { subject: "" }), ["e_4"]);
    assert.deepEqual(await ids(archive, { type: ["A"] }), []);
  });

  test(`${name}: takes the start of a time span in and leaves its end out`, async (t) => {
    const archive = await open(t);
    await store(archive, ...[1, 2, 3, 4].map((seconds) => eventAt(`e_${seconds}`, seconds)));
    const at = (seconds: number) => new Date(START_MS + seconds * 1000).toISOString();
    for (const text of ["", "磁盘"]) {
      assert.deepEqual(await ids(archive, { text, from: at(2), to: at(4) }), ["e_3", "e_2"]);
      assert.deepEqual(await ids(archive, { text, to: at(2) }), ["e_1"]);
      assert.deepEqual(await ids(archive, { text, from: at(4) }), ["e_4"]);
      assert.deepEqual(await ids(archive, { text, from: at(3), to: at(3) }), []);
    }
  });

  test(`${name}: compares instants, however they are written`, async (t) => {
    const archive = await open(t);
    await store(archive, eventAt("e_1", 0, { receivedAt: "2026-11-01T08:00:00+08:00" }), eventAt("e_2", -1));
    assert.deepEqual(await ids(archive, {}), ["e_1", "e_2"]);
    assert.deepEqual(await ids(archive, { from: "2026-11-01T01:00:00+01:00" }), ["e_1"]);
  });

  for (const [what, query] of BAD) {
    test(`${name}: refuses a query with ${what}`, async (t) => {
      const archive = await open(t);
      await store(archive, eventAt("e_1", 0));
      await assert.rejects(archive.search({ limit: 5, ...query }), { code: "archive.bad_query" });
    });
  }
}

async function allPages(archive: Archive, query: ArchiveQuery): Promise<string[][]> {
  const pages: string[][] = [];
  let next: string | null | undefined;
  do {
    const page = await archive.search(next ? { ...query, after: next } : query);
    pages.push(page.events.map((event) => event.id));
    next = page.next;
  } while (next !== null);
  return pages;
}

function paging(name: string, open: OpenForTest): void {
  test(`${name}: gives the newest first, and by id where the time is the same`, async (t) => {
    const archive = await open(t);
    await store(archive, eventAt("e_b", 0), eventAt("e_d", 5), eventAt("e_a", 0), eventAt("e_c", 0));
    await store(archive, eventAt("e_0", 0), eventAt("e_old", -5));
    for (const text of ["", "磁盘"]) {
      assert.deepEqual(await ids(archive, { text }), ["e_d", "e_c", "e_b", "e_a", "e_0", "e_old"]);
    }
  });

  test(`${name}: shows each event once over all pages, many of one instant too`, async (t) => {
    const archive = await open(t);
    const events = Array.from({ length: 23 }, (_, i) => eventAt(`e_${i}`, Math.floor(i / 7)));
    await store(archive, ...events.toReversed());
    for (const text of ["", "磁盘"]) {
      for (const limit of [1, 4, 7, 22, 23, 24]) {
        const pages = await allPages(archive, { text, limit });
        assert.equal(pages.length, Math.ceil(23 / limit), `pages of ${limit}`);
        assert.deepEqual(pages.flat(), await ids(archive, {}));
      }
    }
  });

  test(`${name}: goes on where it was when newer events come between two pages`, async (t) => {
    const archive = await open(t);
    await store(archive, ...[1, 2, 3, 4].map((seconds) => eventAt(`e_${seconds}`, seconds)));
    const first = await archive.search({ limit: 2 });
    await store(archive, eventAt("e_5", 5), eventAt("e_0", 0));
    assert.ok(first.next);
    assert.deepEqual(await ids(archive, { after: first.next }), ["e_2", "e_1", "e_0"]);
  });
}

function searching(name: string, open: OpenForTest): void {
  test(`${name}: finds events by words, Chinese of any length and otherwise whole`, async (t) => {
    const archive = await open(t);
    await store(
      archive,
      ...Object.entries(TEXTS).map(([id, event]) => eventAt(id, 0, { annotations: {}, ...event })),
    );
    for (const [text, found] of FINDS) {
      assert.deepEqual((await ids(archive, { text })).toSorted(), found, `searching "${text}"`);
    }
  });

  test(`${name}: takes quotes, operators and wildcards in a query for plain text`, async (t) => {
    const archive = await open(t);
    await store(
      archive,
      eventAt("e_1", 0, { title: "磁盘 内存 or near text" }),
      eventAt("e_2", 0, { title: "内存" }),
    );
    for (const text of PLAIN_TEXT) {
      const found = await ids(archive, { text, order: "oldest" });
      assert.ok(found.length <= 2, text);
      const counted = await archive.aggregate({ text }, { by: "label:*", limit: 5 });
      assert.equal(counted.events, found.length, text);
    }
    assert.deepEqual(await ids(archive, { text: "磁盘 OR 内存" }), ["e_1"]);
    assert.deepEqual(await ids(archive, { text: "磁*" }), ["e_1"]);
    assert.deepEqual(await ids(archive, { text: "磁盘 NOT 内存" }), []);
    assert.deepEqual(await ids(archive, { text: '"磁盘"' }), ["e_1"]);
  });

  test(`${name}: does not find a word pieced together from two fields`, async (t) => {
    const archive = await open(t);
    const event = { title: "磁", name: "盘", subject: "vm", labels: { a: "1", b: "2" }, detail: {} };
    await store(archive, eventAt("e_1", 0, event));
    for (const text of ["磁盘", "盘磁", "vm-1", "1-2", "2-1"]) {
      assert.deepEqual(await ids(archive, { text }), [], text);
    }
  });
}
