import assert from "node:assert/strict";
import { eventId } from "../../../core/ids/index.ts";
import type { RawBody } from "../../../core/ports/index.ts";
import { aDelivery, aDraft, aRawBody } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { DEDUPE_WINDOW_MS, type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aDraftNo, appendOne, placeFor } from "./support.ts";

type Open = () => Promise<HarnessOf<"journal">>;

function after(ms: number): { receivedAt: string } {
  return { receivedAt: new Date(START_MS + ms).toISOString() };
}

/** A body as hooks keep it: with the time in front of the name of its bytes. */
function timed(n: number, text: string): RawBody {
  const raw = aRawBody(text);
  return { ...raw, ref: `00000000${n}:${raw.ref}` };
}

/** Promises about `append`. */
export function appendingEvents(open: Open): void {
  storing(open);
  recognising(open);
  joining(open);
}

function storing(open: Open): void {
  const test = testsOn(open);

  test("stores an event whole, with its raw body", async ({ journal }) => {
    const raw = aRawBody('{"磁盘":"满"}\u0000');
    const [draft] = aDelivery([aDraft()], { raw }).drafts;
    const [receipt] = await journal.append(aDelivery([aDraft()], { raw }));
    assert.deepEqual(receipt, { eventId: eventId("prometheus", "delivery-1"), outcome: "new" });
    assert.deepEqual(await journal.event(receipt?.eventId ?? ""), { id: receipt?.eventId, ...draft?.event });
    assert.deepEqual(await journal.raw(raw.ref), raw);
  });

  test("knows no event and no raw body that was not stored", async ({ journal }) => {
    assert.equal(await journal.event("e_none"), null);
    assert.equal(await journal.raw("sha256:none"), null);
  });

  test("gives one receipt per draft, in their order", async ({ journal }) => {
    const receipts = await journal.append(aDelivery(upTo(5).map((n) => aDraftNo(n))));
    assert.deepEqual(
      receipts.map((receipt) => receipt.eventId),
      upTo(5).map((n) => eventId("prometheus", `delivery-${n}`)),
    );
  });

  test("keeps the raw body of a delivery without events", async ({ journal }) => {
    assert.deepEqual(await journal.append(aDelivery([])), []);
    assert.deepEqual(await journal.raw(aRawBody().ref), aRawBody());
  });

  test("keeps no body again when its delivery comes again", async ({ journal }) => {
    const first = timed(0, "same");
    const later = upTo(4).map((n) => timed(n + 1, "same"));
    await journal.append(aDelivery([aDraft()], { raw: first }));
    await Promise.all(later.map((raw) => journal.append(aDelivery([aDraft()], { raw }))));
    for (const { ref } of [...later, aRawBody("same")]) assert.equal(await journal.raw(ref), null);
    assert.deepEqual(await journal.raw(first.ref), first);
  });

  test("keeps one body of many that come with their first delivery at once", async ({ journal }) => {
    const bodies = upTo(20).map((n) => timed(n, "same"));
    const receipts = await Promise.all(bodies.map((raw) => journal.append(aDelivery([aDraft()], { raw }))));
    const kept = await Promise.all(bodies.map(async ({ ref }) => (await journal.raw(ref)) !== null));
    assert.deepEqual(
      kept,
      receipts.map(([receipt]) => receipt?.outcome === "new"),
    );
    assert.equal(await journal.raw(aRawBody("same").ref), null);
  });

  test("keeps what differs from a delivery's first body once, by the name of its bytes", async ({
    journal,
  }) => {
    await journal.append(aDelivery([aDraft()], { raw: timed(0, "first") }));
    const others = upTo(3).map((n) => timed(n, "other"));
    for (const raw of others) await journal.append(aDelivery([aDraft()], { raw }));
    for (const { ref } of others) assert.equal(await journal.raw(ref), null);
    assert.deepEqual(await journal.raw(aRawBody("other").ref), aRawBody("other"));
  });

  test("keeps the body of a delivery that brought something new beside what came before", async ({
    journal,
  }) => {
    const raw = timed(1, "same");
    await journal.append(aDelivery([aDraftNo(1)], { raw: timed(0, "same") }));
    await journal.append(aDelivery([aDraftNo(1), aDraftNo(2)], { raw }));
    assert.deepEqual(await journal.raw(raw.ref), raw);
  });

  test("stores many deliveries at once, each once", async ({ journal }) => {
    const deliveries = upTo(40).map((n) => journal.append(aDelivery([aDraftNo(n % 20)])));
    const receipts = (await Promise.all(deliveries)).flat();
    assert.equal(receipts.filter((receipt) => receipt.outcome === "new").length, 20);
    assert.equal(receipts.filter((receipt) => receipt.outcome === "duplicate").length, 20);
    assert.equal(await journal.lag("rules"), 20);
  });
}

function recognising(open: Open): void {
  const test = testsOn(open);

  test("takes the same delivery key within the window for the same delivery", async ({ journal }) => {
    const first = await appendOne(journal);
    const again = await appendOne(journal, { event: after(DEDUPE_WINDOW_MS - 1) });
    assert.deepEqual(again, { eventId: first.eventId, outcome: "duplicate" });
    assert.equal(await journal.lag("rules"), 1);
  });

  test("keeps the key of one source apart from that of another", async ({ journal }) => {
    await appendOne(journal);
    const other = await appendOne(journal, { event: { source: "zabbix" } });
    assert.equal(other.outcome, "new");
  });

  test("makes a later window's delivery a repeat with an id of its own, once", async ({ journal }) => {
    const first = await appendOne(journal);
    const event = after(DEDUPE_WINDOW_MS);
    const repeat = await appendOne(journal, { event });
    assert.equal(repeat.outcome, "repeat");
    assert.notEqual(repeat.eventId, first.eventId);
    assert.equal((await journal.event(repeat.eventId))?.repeatOf, first.eventId);
    assert.deepEqual(await appendOne(journal, { event }), { ...repeat, outcome: "duplicate" });
    assert.equal(await journal.lag("rules"), 2);
  });

  test("counts an event received before the first, by a clock moved back, as the same delivery", async ({
    journal,
  }) => {
    await appendOne(journal);
    const early = await appendOne(journal, { event: after(-10 * DEDUPE_WINDOW_MS) });
    assert.equal(early.outcome, "duplicate");
  });

  test("uses the fresh id without a key, and the same call again changes nothing", async ({ journal }) => {
    const delivery = aDelivery([aDraft({ dedupeKey: null, freshId: "e_FRESH" })]);
    const [first] = await journal.append(delivery);
    const [again] = await journal.append(delivery);
    assert.deepEqual(first, { eventId: "e_FRESH", outcome: "new" });
    assert.deepEqual(again, { eventId: "e_FRESH", outcome: "duplicate" });
    assert.equal(await journal.lag("archive"), 1);
  });

  test("changes no incident by the same call again", async ({ journal }) => {
    const firing = aDraft({ dedupeKey: null, freshId: "e_1" });
    const resolved = aDraft({ dedupeKey: null, freshId: "e_2", event: { status: "resolved" } });
    await journal.append(aDelivery([firing]));
    await journal.append(aDelivery([resolved]));
    await journal.append(aDelivery([firing]));
    const next = await appendOne(journal, { dedupeKey: "next" });
    assert.equal(next.outcome, "new");
  });
}

function joining(open: Open): void {
  const test = testsOn(open);

  test("joins firing, repeat and recovery, and opens anew afterwards", async ({ journal }) => {
    const first = await appendOne(journal, { dedupeKey: "a" });
    const repeat = await appendOne(journal, { dedupeKey: "b" });
    const recovery = await appendOne(journal, { dedupeKey: "c", event: { status: "resolved" } });
    const anew = await appendOne(journal, { dedupeKey: "d" });
    assert.deepEqual(
      [first, repeat, recovery, anew].map((receipt) => receipt.outcome),
      ["new", "repeat", "recovery", "new"],
    );
    assert.equal((await journal.event(repeat.eventId))?.repeatOf, first.eventId);
    assert.equal((await journal.event(anew.eventId))?.repeatOf, undefined);
  });

  test("tells how an incident stands, and null of one that never was", async ({ journal }) => {
    const standing = async () => {
      const incident = await journal.incident("prometheus", "vm-1/data");
      return incident && [incident.state, incident.firstEventId, incident.lastEventId];
    };
    assert.equal(await standing(), null);
    const { eventId: first } = await appendOne(journal, { dedupeKey: "a" });
    assert.deepEqual(await standing(), ["open", first, first]);
    const { eventId: last } = await appendOne(journal, { dedupeKey: "b", event: { status: "resolved" } });
    assert.deepEqual(await standing(), ["closed", first, last]);
    assert.equal(await journal.incident("zabbix", "vm-1/data"), null);
  });

  test("tells a late repeat and a late recovery from news by the sender's times", async ({ journal }) => {
    const at = (dedupeKey: string, minute: number, status: "firing" | "resolved" = "firing") =>
      appendOne(journal, { dedupeKey, senderTimeMs: START_MS + minute * 60_000, event: { status } });
    const [first, recovery] = [await at("a", 1), await at("b", 5, "resolved")];
    const late = await at("c", 1);
    const [anew, old] = [await at("d", 9), await at("e", 6, "resolved")];
    assert.deepEqual(
      [first, recovery, late, anew, old].map((receipt) => receipt.outcome),
      ["new", "recovery", "late_repeat", "new", "late_recovery"],
    );
    const events = await Promise.all([late, recovery, old].map(({ eventId: id }) => journal.event(id)));
    assert.deepEqual(
      events.map((event) => [event?.repeatOf, event?.recovers, event?.late]),
      [
        [first.eventId, undefined, true],
        [undefined, first.eventId, undefined],
        [undefined, undefined, true],
      ],
    );
  });

  test("remembers a recovery that came before its alert", async ({ journal }) => {
    const recovery = await appendOne(journal, {
      ...{ dedupeKey: "a", senderTimeMs: START_MS + 5 },
      event: { status: "resolved" },
    });
    const late = await appendOne(journal, { dedupeKey: "b", senderTimeMs: START_MS + 1 });
    assert.deepEqual([recovery.outcome, late.outcome], ["recovery", "late_repeat"]);
    assert.equal((await journal.event(late.eventId))?.repeatOf, recovery.eventId);
  });

  test("opens another incident when one that never recovers was silent for its window", async ({
    journal,
  }) => {
    const window = { incidentWindowMs: 60_000 };
    const first = await appendOne(journal, { dedupeKey: "a", ...window });
    const repeat = await appendOne(journal, { dedupeKey: "b", ...window, event: after(60_000) });
    const anew = await appendOne(journal, { dedupeKey: "c", ...window, event: after(120_001) });
    assert.deepEqual([repeat.outcome, anew.outcome], ["repeat", "new_after_silence"]);
    assert.equal((await journal.event(anew.eventId))?.supersedes, first.eventId);
  });

  test("lets each draft of one delivery see what the one before it did", async ({ journal }) => {
    const drafts = [
      aDraft({ dedupeKey: "a" }),
      aDraft({ dedupeKey: "b" }),
      aDraft({ dedupeKey: "a" }),
      aDraft({ dedupeKey: "c", event: { status: "resolved" } }),
      aDraft({ dedupeKey: "d" }),
    ];
    const receipts = await journal.append(aDelivery(drafts));
    assert.deepEqual(
      receipts.map((receipt) => receipt.outcome),
      ["new", "repeat", "duplicate", "recovery", "new"],
    );
  });

  test("keeps incidents of different sources and keys apart", async ({ journal }) => {
    await appendOne(journal, { dedupeKey: "a" });
    const otherKey = await appendOne(journal, { dedupeKey: "b", event: { incident: "vm-1/tmp" } });
    const otherSource = await appendOne(journal, { dedupeKey: "c", event: { source: "zabbix" } });
    assert.deepEqual([otherKey.outcome, otherSource.outcome], ["new", "new"]);
  });

  test("puts the events of one fingerprint into one partition, in order", async ({ journal }) => {
    const ids = [];
    for (const dedupeKey of ["a", "b", "c"]) ids.push((await appendOne(journal, { dedupeKey })).eventId);
    const entries = await journal.read(placeFor(journal, "rules"), 10);
    assert.deepEqual(
      entries.map((entry) => entry.kind === "event" && entry.event.id),
      ids,
    );
  });
}
