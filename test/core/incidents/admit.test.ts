import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { eventId } from "../../../core/ids/index.ts";
import { type Admission, type AdmissionFacts, admit, type Incident } from "../../../core/incidents/index.ts";
import { aDraft, type DraftOverrides } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";

const WINDOW_MS = 300_000;
const NOTHING: AdmissionFacts = { first: undefined, incident: undefined };
const FIRST = eventId("prometheus", "delivery-1");

function at(ms: number): string {
  return new Date(START_MS + ms).toISOString();
}

function admitted(draft: DraftOverrides, facts: AdmissionFacts = NOTHING) {
  const admission = admit(aDraft(draft), facts, WINDOW_MS);
  return admission.outcome === "admitted" ? admission : assert.fail("taken for a duplicate");
}

const firstDelivery = { eventId: FIRST, receivedAt: at(0) };

function anIncident(overrides: Partial<Incident> = {}): Incident {
  return {
    source: "prometheus",
    key: "vm-1/data",
    state: "open",
    firstEventId: "e_first",
    lastEventId: "e_last",
    openedAt: at(-1000),
    lastAt: at(-1000),
    events: 2,
    ...overrides,
  };
}

test("a new firing event gets the id of its delivery key and opens its incident", () => {
  const { event, incident, reason } = admitted({});
  assert.equal(reason, "new");
  assert.equal(event.id, FIRST);
  assert.equal("repeatOf" in event, false);
  assert.deepEqual(incident, {
    source: "prometheus",
    key: "vm-1/data",
    state: "open",
    firstEventId: FIRST,
    lastEventId: FIRST,
    openedAt: at(0),
    lastAt: at(0),
    events: 1,
  });
});

test("an event without delivery key gets its fresh id, however often it comes", () => {
  const { event } = admitted({ dedupeKey: null, freshId: "e_fresh" });
  assert.equal(event.id, "e_fresh");
});

describe("the same delivery key", () => {
  test("within the window of its first receipt is the same delivery", () => {
    for (const ms of [0, 1, WINDOW_MS - 1]) {
      const draft = aDraft({ event: { receivedAt: at(ms) } });
      const admission = admit(draft, { ...NOTHING, first: firstDelivery }, WINDOW_MS);
      assert.deepEqual(admission, { outcome: "duplicate", reason: "same_delivery", eventId: FIRST });
    }
  });

  test("from before its first receipt, by a clock moved back, is the same delivery", () => {
    const draft = aDraft({ event: { receivedAt: at(-10 * WINDOW_MS) } });
    assert.equal(admit(draft, { ...NOTHING, first: firstDelivery }, WINDOW_MS).outcome, "duplicate");
  });

  test("after the window is an event of its own, the same for one window, another for the next", () => {
    const ids = [WINDOW_MS, 2 * WINDOW_MS - 1, 2 * WINDOW_MS].map(
      (ms) => admitted({ event: { receivedAt: at(ms) } }, { ...NOTHING, first: firstDelivery }).event.id,
    );
    assert.equal(ids[0], ids[1]);
    assert.equal(new Set([FIRST, ids[1], ids[2]]).size, 3);
  });

  test("after the window has an id that no other key of the sender gives", () => {
    const { event } = admitted(
      { event: { receivedAt: at(WINDOW_MS) } },
      { ...NOTHING, first: firstDelivery },
    );
    for (const key of ["delivery-1#1", "delivery-11", "delivery-1,1"]) {
      assert.notEqual(event.id, eventId("prometheus", key));
    }
  });
});

describe("an event of a known incident", () => {
  test("is a repeat of the first while it is open", () => {
    const { event, incident, reason } = admitted({}, { ...NOTHING, incident: anIncident() });
    assert.deepEqual([reason, event.repeatOf], ["repeat", "e_first"]);
    assert.deepEqual(incident, anIncident({ lastEventId: event.id, lastAt: at(0), events: 3 }));
  });

  test("closes it when it tells of the recovery", () => {
    const resolved = { event: { status: "resolved" as const } };
    const { event, incident, reason } = admitted(resolved, { ...NOTHING, incident: anIncident() });
    assert.equal(reason, "recovery");
    assert.deepEqual(incident, anIncident({ state: "closed", lastEventId: event.id, lastAt: at(0) }));
    assert.deepEqual(["repeatOf" in event, event.recovers], [false, "e_first"]);
  });

  test("opens a new one when the old is closed", () => {
    const { event, incident, reason } = admitted(
      {},
      { ...NOTHING, incident: anIncident({ state: "closed" }) },
    );
    assert.equal(reason, "new");
    assert.deepEqual([incident?.firstEventId, incident?.events], [event.id, 1]);
  });
});

test("a recovery of nothing that is open is kept, closes nothing and is remembered", () => {
  for (const incident of [undefined, anIncident({ state: "closed" })]) {
    const recovery = admitted({ event: { status: "resolved" } }, { ...NOTHING, incident });
    assert.deepEqual([recovery.reason, recovery.incident?.state], ["recovery", "closed"]);
    assert.equal("recovers" in recovery.event, false);
  }
});

test("a point belongs to no incident, even where one is open", () => {
  const point = admitted({ event: { status: "point" } }, { ...NOTHING, incident: anIncident() });
  assert.deepEqual([point.reason, point.incident, point.event.repeatOf], ["new", null, undefined]);
});

test("admitting changes neither the draft nor what is known", () => {
  const [draft, facts] = [aDraft(), { first: undefined, incident: anIncident() }];
  const before = structuredClone({ draft, facts });
  admit(draft, facts, WINDOW_MS);
  assert.deepEqual({ draft, facts }, before);
});

interface Store {
  first: AdmissionFacts["first"];
  incident: Incident | undefined;
  stored: Map<string, { key: string; status: string }>;
}

/** Keeps what a journal keeps: the first delivery, the incident, and each id once. */
function keep(store: Store, admission: Admission, draft: ReturnType<typeof aDraft>): void {
  if (admission.outcome === "duplicate" || store.stored.has(admission.event.id)) return;
  const { event, incident } = admission;
  store.stored.set(event.id, { key: draft.dedupeKey ?? "", status: event.status });
  store.first ??= { eventId: event.id, receivedAt: event.receivedAt };
  if (incident) store.incident = incident;
}

test("however often and in whatever order one delivery comes, each window of it is stored once", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 40 }), { minLength: 1, maxLength: 30 }), (minutes) => {
      const store: Store = { first: undefined, incident: undefined, stored: new Map() };
      for (const minute of minutes) {
        const draft = aDraft({ event: { receivedAt: at(minute * 60_000) } });
        const { first, incident } = store;
        keep(store, admit(draft, { first, incident }, WINDOW_MS), draft);
      }
      const firstMinute = minutes[0] ?? 0;
      const windows = new Set(minutes.map((minute) => Math.max(0, Math.floor((minute - firstMinute) / 5))));
      assert.equal(store.stored.size, windows.size);
      assert.equal(store.incident?.events, windows.size);
    }),
  );
});

test("the state of an incident follows the last firing or recovery, and repeats name its first event", () => {
  const status = fc.constantFrom("firing" as const, "resolved" as const, "point" as const);
  fc.assert(
    fc.property(fc.array(status, { minLength: 1, maxLength: 25 }), (statuses) => {
      let incident: Incident | undefined;
      let open: string | null = null;
      for (const [index, status] of statuses.entries()) {
        const draft = { event: { status }, dedupeKey: `d${index}` };
        const admission = admitted(draft, { first: undefined, incident });
        incident = admission.incident ?? incident;
        assert.equal(admission.event.repeatOf ?? null, status === "firing" ? open : null);
        if (status === "firing") open ??= admission.event.id;
        if (status === "resolved") open = null;
        assert.equal(incident?.state === "open", open !== null);
      }
    }),
  );
});
