import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  admit,
  DEFAULT_INCIDENT_WINDOW_MS,
  type Incident,
  type PlaceReason,
} from "../../../core/incidents/index.ts";
import { aDraft } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";

/** A delivery in short: its status, the sender's time (absent: none) and the minute of its receipt. */
interface Came {
  status: "firing" | "resolved";
  sent?: number;
  minute?: number;
  windowMs?: number;
}

const fired = (sent?: number): Came => ({ status: "firing", ...(sent === undefined ? {} : { sent }) });
const ended = (sent?: number): Came => ({ ...fired(sent), status: "resolved" });

function draftOf({ status, sent, minute = 0, windowMs }: Came, no: number) {
  const receivedAt = new Date(START_MS + minute * 60_000).toISOString();
  return aDraft({
    event: { status, receivedAt },
    dedupeKey: `d${no}`,
    ...(sent === undefined ? {} : { senderTimeMs: sent }),
    ...(windowMs === undefined ? {} : { incidentWindowMs: windowMs }),
  });
}

/** What becomes of deliveries in this order; events are named by their number. */
function play(came: readonly Came[]) {
  const names = new Map<string, number>();
  let incident: Incident | undefined;
  const events = came.map((one, no) => {
    const admission = admit(draftOf(one, no), { first: undefined, incident }, 300_000);
    if (admission.outcome === "duplicate") return assert.fail("taken for a duplicate");
    const { event, reason } = admission;
    names.set(event.id, no);
    incident = admission.incident ?? incident;
    const of = (id: string | undefined) => (id === undefined ? undefined : names.get(id));
    const { repeatOf, recovers, supersedes, late = false } = event;
    return { reason, late, repeatOf: of(repeatOf), recovers: of(recovers), supersedes: of(supersedes) };
  });
  return { events, incident };
}

describe("the sender's times decide", () => {
  const cases: [name: string, came: Came[], reasons: PlaceReason[], state: Incident["state"]][] = [
    [
      "an old repeat after the recovery",
      [fired(10), ended(20), fired(10)],
      ["new", "recovery", "late_repeat"],
      "closed",
    ],
    [
      "a firing at the very end",
      [fired(10), ended(20), fired(20)],
      ["new", "recovery", "late_repeat"],
      "closed",
    ],
    ["a firing after the end", [fired(10), ended(20), fired(21)], ["new", "recovery", "new"], "open"],
    ["the recovery before its alert", [ended(20), fired(10)], ["recovery", "late_repeat"], "closed"],
    ["a recovery before a later alert", [ended(20), fired(30)], ["recovery", "new"], "open"],
    ["an old recovery after a new alert", [fired(30), ended(20)], ["new", "late_recovery"], "open"],
    [
      "an old repeat of what was before",
      [ended(20), fired(30), fired(10)],
      ["recovery", "new", "late_repeat"],
      "open",
    ],
    ["a recovery at the very start", [fired(10), ended(10)], ["new", "recovery"], "closed"],
  ];
  for (const [name, came, reasons, state] of cases) {
    test(`${name}: ${reasons.join(", ")}`, () => {
      const { events, incident } = play(came);
      assert.deepEqual([events.map(({ reason }) => reason), incident?.state], [reasons, state]);
      for (const { reason, late } of events) assert.equal(late, reason.startsWith("late_"));
    });
  }

  test("a late repeat names the incident that has recovered, not the one that is open now", () => {
    const { events } = play([fired(10), ended(20), fired(30), fired(10), fired(31)]);
    assert.deepEqual([events[3]?.repeatOf, events[4]?.repeatOf], [0, 2]);
  });

  test("a late repeat of what nobody saw begin names the recovery", () => {
    assert.equal(play([ended(20), fired(10)]).events[1]?.repeatOf, 0);
  });

  test("a recovery names what it closes, and nothing when nothing is open", () => {
    const { events } = play([fired(10), ended(20), ended(25), fired(30), ended(21), ended(40)]);
    assert.deepEqual(
      events.map(({ recovers }) => recovers),
      [undefined, 0, undefined, undefined, undefined, 3],
    );
  });

  test("whatever the order, the same incident is left open or closed", () => {
    const sent = fc.integer({ min: 1, max: 8 });
    const came = fc.array(fc.oneof(sent.map(fired), sent.map(ended)), { minLength: 1, maxLength: 9 });
    const orders = came.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const [a, b] = [play(one).incident, play(other).incident];
        assert.equal(a?.state, b?.state);
        assert.equal(a?.ended?.atMs, b?.ended?.atMs);
        const last = (of: Came["status"]) =>
          Math.max(0, ...one.filter(({ status }) => status === of).map(({ sent: ms = 0 }) => ms));
        assert.equal(a?.state === "open", last("firing") > last("resolved"));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("without a time of the sender's the order of receipt counts", () => {
  for (const [name, came] of [
    ["neither gives one", [fired(), ended(), fired()]],
    ["the recovery gives none", [fired(10), ended(), fired(10)]],
    ["the firing gives none", [fired(), ended(20), fired()]],
  ] satisfies [string, Came[]][]) {
    test(`${name}: the last one opens anew`, () => {
      assert.deepEqual(
        play(came).events.map(({ reason }) => reason),
        ["new", "recovery", "new"],
      );
    });
  }
});

describe("an incident that never recovers", () => {
  const day = DEFAULT_INCIDENT_WINDOW_MS / 60_000;
  const at = (minute: number, windowMs?: number): Came => ({
    ...fired(),
    minute,
    ...(windowMs === undefined ? {} : { windowMs }),
  });

  test("takes what comes until a day after its last event, not after its first", () => {
    const { events, incident } = play([at(0), at(day), at(2 * day)]);
    assert.deepEqual(
      events.map(({ reason }) => reason),
      ["new", "repeat", "repeat"],
    );
    assert.equal(incident?.events, 3);
  });

  test("ends with its window: the next firing opens another and names it", () => {
    const { events, incident } = play([at(0), at(1), at(day + 2), at(day + 3)]);
    const [, , anew, repeat] = events;
    assert.deepEqual([anew?.reason, anew?.supersedes, anew?.repeatOf], ["new_after_silence", 0, undefined]);
    assert.deepEqual([repeat?.reason, repeat?.repeatOf, incident?.events], ["repeat", 2, 2]);
  });

  test("has the window of its source", () => {
    const { events } = play([at(0, 60_000), at(1, 60_000), at(3, 60_000)]);
    assert.deepEqual(
      events.map(({ reason }) => reason),
      ["new", "repeat", "new_after_silence"],
    );
  });

  test("does not end by a clock that was moved back, nor grow older by it", () => {
    const { events } = play([at(0), at(-3 * day), at(1)]);
    assert.deepEqual(
      events.map(({ reason }) => reason),
      ["new", "repeat", "repeat"],
    );
  });

  test("can still recover after its window", () => {
    const { events } = play([at(0), { ...ended(), minute: 3 * day }]);
    assert.deepEqual([events[1]?.reason, events[1]?.recovers], ["recovery", 0]);
  });
});
