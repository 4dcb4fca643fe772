import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type EventType,
  MAX_VIOLATIONS,
  type Normalised,
  normalise,
  type Occurrence,
  type Source,
  type TypeMapping,
} from "../../../core/events/index.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import { admit } from "../../../core/incidents/index.ts";
import { compileParams } from "../../../core/params/index.ts";
import { anOccurrence, aSource, aType, FACTS, registryOf, sourceOf } from "./an-occurrence.ts";

interface Setting {
  types?: EventType[];
  source?: Partial<Source>;
}

function normalised(occurrence: Occurrence, { types = [aType()], source = {} }: Setting = {}): Normalised {
  const registry = registryOf(...types);
  return normalise(occurrence, sourceOf(aSource(source), registry), registry, FACTS);
}

function accepted(occurrence: Occurrence, setting: Setting = {}) {
  const outcome = normalised(occurrence, setting);
  return outcome.outcome === "accepted" ? outcome.draft : assert.fail(outcome.message);
}

const SCHEMA: JsonObject = {
  type: "object",
  required: ["host", "usage"],
  properties: { host: { type: "string" }, usage: { type: "number" } },
};

const MAPPING: TypeMapping = {
  when: { "labels.alertname": "NodeFilesystemAlmostOutOfSpace" },
  type: "vm.disk.usage",
  detail: {
    host: "{{ labels.hostname }}",
    usage: "{{ annotations.usage | times: 1 }}",
    mount: "{{ labels.mountpoint }}",
    paths: ["/var/log"],
  },
};

test("a mapped alert becomes an event of the type with its detail rendered", () => {
  const types = [aType({ schema: SCHEMA, subject: "{{ detail.host }}" })];
  const draft = accepted(anOccurrence({ subject: "10.0.0.1" }), { types, source: { map: [MAPPING] } });
  assert.deepEqual(draft, {
    event: {
      type: "vm.disk.usage",
      name: "NodeFilesystemAlmostOutOfSpace",
      title: "磁盘使用率过高",
      source: "prometheus",
      subject: "vm-1",
      severity: "critical",
      status: "firing",
      time: "2026-10-31T23:59:00.000Z",
      receivedAt: FACTS.receivedAt,
      fingerprint: "f1",
      incident: "f1",
      labels: anOccurrence().labels,
      annotations: { usage: "97.13" },
      detail: { host: "vm-1", usage: 97.13, mount: "/data", paths: ["/var/log"] },
      violations: [],
      rawRef: FACTS.rawRef,
    },
    dedupeKey: "f1|firing",
    freshId: FACTS.freshId,
    senderTimeMs: Date.parse("2026-10-31T23:59:00Z"),
  });
});

describe("the time that orders an event in its incident", () => {
  const cases: [name: string, overrides: Partial<Occurrence>, wanted: string | undefined][] = [
    ["is the start of a firing event", {}, "2026-10-31T23:59:00Z"],
    [
      "is the start also where an end is expected",
      { endsAt: "2026-10-31T23:59:30Z" },
      "2026-10-31T23:59:00Z",
    ],
    [
      "is the end of a recovery",
      { status: "resolved", endsAt: "2026-10-31T23:59:30Z" },
      "2026-10-31T23:59:30Z",
    ],
    ["is the time of a recovery without an end", { status: "resolved" }, "2026-10-31T23:59:00Z"],
    [
      "is the start of a recovery whose end contradicts it",
      { status: "resolved", endsAt: "2026-10-31T15:59:30Z" },
      "2026-10-31T23:59:00Z",
    ],
    ["may be a little ahead of our clock", { time: "2026-11-01T00:10:00Z" }, "2026-11-01T00:10:00Z"],
    ["is none when it lies in the future", { time: "2026-11-01T00:10:01Z" }, undefined],
    [
      "is none for a recovery in the year 2100",
      { status: "resolved", endsAt: "2100-01-01T00:00:00Z" },
      undefined,
    ],
    ["is none when the time is none", { time: "0001-01-01T00:00:00Z" }, undefined],
  ];
  for (const [name, overrides, wanted] of cases) {
    test(name, () => {
      const { senderTimeMs } = accepted(anOccurrence(overrides));
      assert.equal(senderTimeMs, wanted === undefined ? undefined : Date.parse(wanted));
    });
  }

  test("is none when only the receipt is known, which the event still tells as its time", () => {
    const { time: _, ...untimed } = anOccurrence();
    const { senderTimeMs, event } = accepted(untimed);
    assert.deepEqual([senderTimeMs, event.time], [undefined, FACTS.receivedAt]);
  });
});

test("a source's incident window goes with each of its drafts", () => {
  const source = { incidentWindowMs: 60_000 };
  assert.equal(accepted(anOccurrence(), { source }).incidentWindowMs, 60_000);
  assert.equal("incidentWindowMs" in accepted(anOccurrence()), false);
});

test("the owner's example: a detail sent as JSON text renders as the rule expects", () => {
  const body = JSON.parse(
    '{"event_type":"opsst2_stone","detail":"{\\"msg\\":[\\"test1\\",\\"test2\\",\\"test3\\"],\\"code\\":\\"1\\"}"}',
  ) as { event_type: string; detail: string };
  const types = [aType({ type: "opsst2_stone" })];
  const draft = accepted(anOccurrence({ declaredType: body.event_type, detail: body.detail }), { types });
  assert.equal(draft.event.type, "opsst2_stone");
  const params = compileParams({ messages: "{{.detail.msg}}", default1: "ok", default2: [1, 2, 3] });
  const rendered = params.outcome === "compiled" && params.params.render({ ...draft.event });
  assert.deepEqual(rendered, {
    outcome: "rendered",
    value: { messages: ["test1", "test2", "test3"], default1: "ok", default2: [1, 2, 3] },
  });
});

describe("the type of an event", () => {
  const types = [aType({ type: "a" }), aType({ type: "b" }), aType({ type: "c" })];
  const typeOf = (occurrence: Partial<Occurrence>, source: Partial<Source>) =>
    accepted(anOccurrence(occurrence), { types, source }).event.type;
  const whenHost = (host: string, type: string): TypeMapping => ({ when: { "labels.hostname": host }, type });

  test("is that of the first mapping that fits", () => {
    assert.equal(
      typeOf({}, { map: [whenHost("vm-2", "a"), whenHost("vm-1", "b"), whenHost("vm-1", "c")] }),
      "b",
    );
  });

  test("is the mapped one even when the sender declares another", () => {
    assert.equal(typeOf({ declaredType: "a" }, { map: [whenHost("vm-1", "b")], defaultType: "c" }), "b");
  });

  test("is the declared one when no mapping fits", () => {
    assert.equal(typeOf({ declaredType: "a" }, { map: [whenHost("vm-2", "b")], defaultType: "c" }), "a");
  });

  test("is the source's default when the declared one is unknown or there is none", () => {
    assert.equal(typeOf({ declaredType: "zzz" }, { defaultType: "c" }), "c");
    assert.equal(typeOf({}, { defaultType: "c" }), "c");
  });

  test("is unmapped when nothing says otherwise", () => {
    assert.equal(typeOf({}, {}), "unmapped");
  });

  test("can be mapped by what the sender declares, by several conditions, and by numbers as text", () => {
    const map: TypeMapping[] = [
      { when: { event_type: "x", "detail.code": "7" }, type: "a" },
      { when: { event_type: "x", source: "prometheus" }, type: "b" },
    ];
    assert.equal(typeOf({ declaredType: "x", detail: { code: 7 } }, { map }), "a");
    assert.equal(typeOf({ declaredType: "x", detail: { code: "7" } }, { map }), "a");
    assert.equal(typeOf({ declaredType: "x", detail: { code: [7] } }, { map }), "b");
    assert.equal(typeOf({ declaredType: "x", detail: { code: null } }, { map }), "b");
  });

  test("with an empty condition fits everything", () => {
    assert.equal(typeOf({}, { map: [{ when: {}, type: "c" }] }), "c");
  });

  for (const declaredType of ["zzz", "whale.task.ended", "constructor", "unmapped"]) {
    test(`is refused as unknown when the sender declares ${declaredType} and there is no default`, () => {
      const outcome = normalised(anOccurrence({ declaredType }), { types });
      assert.equal(outcome.outcome === "refused" && outcome.reason, "unknown_event_type");
      assert.ok(outcome.outcome === "refused" && outcome.message.includes(declaredType));
    });
  }
});

describe("what does not fit becomes a violation, not a lost event", () => {
  const types = [aType({ schema: SCHEMA })];

  test("a mapping template that fails leaves its value out and names the place once", () => {
    const occurrence = anOccurrence({ annotations: {} });
    const { event } = accepted(occurrence, { types, source: { map: [MAPPING] } });
    assert.deepEqual(event.detail, { host: "vm-1", mount: "/data", paths: ["/var/log"] });
    assert.deepEqual(event.violations, [
      { path: "detail.usage", message: "undefined variable: annotations.usage" },
    ]);
  });

  test("a number that is none is told instead of counted as nothing", () => {
    const { event } = accepted(anOccurrence({ annotations: { usage: "N/A" } }), {
      types,
      source: { map: [MAPPING] },
    });
    assert.deepEqual(event.violations, [{ path: "detail.usage", message: 'times: "N/A" is not a number' }]);
  });

  test("a detail against the schema names each place", () => {
    const { event } = accepted(anOccurrence({ detail: { usage: "high" } }), {
      types,
      source: { defaultType: "vm.disk.usage" },
    });
    assert.deepEqual(event.violations, [
      { path: "detail.host", message: "is missing" },
      { path: "detail.usage", message: "must be number" },
    ]);
  });

  test("a text that is not the JSON of an object is kept as text", () => {
    for (const detail of ["{broken", "[1,2]", "5", "null", "plain words"]) {
      const { event } = accepted(anOccurrence({ detail }));
      assert.deepEqual(event.detail, { text: detail });
      assert.equal(event.violations[0]?.path, "detail");
    }
  });

  test("no more violations are kept than a person reads", () => {
    const schema: JsonObject = { type: "object", additionalProperties: false };
    const detail = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i]));
    const { event } = accepted(anOccurrence({ detail }), {
      types: [aType({ schema })],
      source: { defaultType: "vm.disk.usage" },
    });
    assert.equal(event.violations.length, MAX_VIOLATIONS);
    const mapped = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, "{{ gone }}"]));
    const source = { map: [{ when: {}, type: "vm.disk.usage", detail: mapped }] };
    assert.equal(accepted(anOccurrence(), { types, source }).event.violations.length, MAX_VIOLATIONS);
  });

  test("an unmapped event has no schema to break", () => {
    assert.deepEqual(accepted(anOccurrence({ detail: { usage: "high" } }), { types }).event.violations, []);
  });
});

test("a strict type refuses what does not fit, with the violations", () => {
  const types = [aType({ schema: SCHEMA, strict: true })];
  const source = { defaultType: "vm.disk.usage" };
  const outcome = normalised(anOccurrence({ detail: { host: "a" } }), { types, source });
  assert.equal(outcome.outcome === "refused" && outcome.reason, "strict_schema");
  assert.deepEqual(outcome.violations, [{ path: "detail.usage", message: "is missing" }]);
  assert.ok(outcome.outcome === "refused" && outcome.message.includes("detail.usage is missing"));
  accepted(anOccurrence({ detail: { host: "a", usage: 1 } }), { types, source });
});

describe("the subject", () => {
  const subjectOf = (subject: string | undefined, occurrence: Partial<Occurrence>) => {
    const types = [subject === undefined ? aType() : aType({ subject })];
    return accepted(anOccurrence(occurrence), { types, source: { defaultType: "vm.disk.usage" } }).event
      .subject;
  };

  test("is what the type's template finds", () => {
    assert.equal(
      subjectOf("{{ detail.host }}/{{ labels.mountpoint }}", { detail: { host: "h" } }),
      "h//data",
    );
    assert.equal(subjectOf("{{ detail.no }}", { detail: { no: 5 } }), "5");
  });

  test("is the sender's when the template finds nothing or there is none", () => {
    for (const template of ["{{ detail.gone }}", "{{ detail.blank }}", undefined]) {
      assert.equal(subjectOf(template, { detail: { blank: "  " } }), "vm-1");
    }
  });
});

describe("times", () => {
  const timesOf = (occurrence: Occurrence) => {
    const { time, endsAt } = accepted(occurrence).event;
    return [time, endsAt];
  };

  test("are UTC to the millisecond", () => {
    const occurrence = anOccurrence({
      time: "2026-11-01T08:00:00.123456789+08:00",
      endsAt: "2026-11-01T00:05:00Z",
    });
    assert.deepEqual(timesOf(occurrence), ["2026-11-01T00:00:00.123Z", "2026-11-01T00:05:00.000Z"]);
  });

  test("that are missing, no times, or before 1970 give way to the receipt", () => {
    const { time: _, ...without } = anOccurrence();
    assert.deepEqual(timesOf(without), [FACTS.receivedAt, undefined]);
    for (const time of [
      "",
      "soon",
      "0001-01-01T00:00:00Z",
      "1969-12-31T23:59:59Z",
      "+012026-01-01T00:00:00Z",
    ]) {
      assert.deepEqual(timesOf(anOccurrence({ time, endsAt: time })), [FACTS.receivedAt, undefined], time);
    }
  });
});

test("a draft without delivery key has none and keeps its fresh id", () => {
  const { dedupeKey: _, ...occurrence } = anOccurrence();
  const draft = accepted(occurrence);
  assert.equal("dedupeKey" in draft, false);
  assert.equal(draft.freshId, FACTS.freshId);
});

test("keys __proto__ change nothing, in detail, labels or annotations", () => {
  const evil = JSON.parse(
    '{"__proto__": {"admin": true}, "a": {"__proto__": {"x": 1}, "b": 2}}',
  ) as JsonObject;
  const labels = JSON.parse('{"__proto__": "x", "env": "prod"}') as Record<string, string>;
  const { event } = accepted(anOccurrence({ detail: evil, labels, annotations: labels }));
  assert.deepEqual(event.detail, { a: { b: 2 } });
  assert.deepEqual([event.labels, event.annotations], [{ env: "prod" }, { env: "prod" }]);
  assert.deepEqual(
    event.violations.map(({ path }) => path),
    ["detail.__proto__", "detail.a.__proto__"],
  );
  assert.equal(Object.getPrototypeOf(event.detail), Object.prototype);
});

test("text from an event is never rendered as a template", () => {
  const source = { map: [{ ...MAPPING, detail: { host: "{{ labels.hostname }}" } }] };
  const labels = { alertname: "NodeFilesystemAlmostOutOfSpace", hostname: "{{ annotations.secret }}" };
  const { event } = accepted(anOccurrence({ labels, annotations: { secret: "s" } }), { source });
  assert.equal(event.detail["host"], "{{ annotations.secret }}");
});

test("the occurrence is not changed and the event shares nothing with it", () => {
  const occurrence = anOccurrence({ detail: { list: [{ a: 1 }] } });
  const before = structuredClone(occurrence);
  const { event } = accepted(occurrence);
  assert.deepEqual(occurrence, before);
  assert.notEqual(event.detail, occurrence.detail);
});

test("any detail, texts and labels make an event that has an id, without throwing", () => {
  const text = fc.string({ unit: "binary" });
  const half = fc.constantFrom("\ud800", "\udfff x", "磁盘", "");
  const registry = registryOf(aType({ schema: SCHEMA, subject: "{{ detail.host }}" }));
  const source = sourceOf(aSource({ map: [MAPPING], defaultType: "vm.disk.usage" }), registry);
  fc.assert(
    fc.property(
      fc.oneof(fc.dictionary(text, fc.jsonValue()), text),
      half,
      fc.dictionary(text, half),
      (detail, word, labels) => {
        const given = { detail: detail as JsonObject, title: word, dedupeKey: word, incident: word, labels };
        const outcome = normalise(anOccurrence(given), source, registry, FACTS);
        const draft = outcome.outcome === "accepted" ? outcome.draft : assert.fail(outcome.message);
        const admission = admit(draft, { first: undefined, incident: undefined }, 1000);
        assert.equal(admission.outcome, "admitted");
        assert.equal(draft.dedupeKey?.isWellFormed(), true);
        assert.equal(JSON.stringify(draft.event).includes("\\ud"), false);
      },
    ),
    { numRuns: 300 },
  );
});
