import assert from "node:assert/strict";
import { test } from "node:test";
import type { Archive, ArchiveFilter, ArchiveGrouping } from "../../core/ports/index.ts";
import { START_MS } from "../support/clock.ts";
import { aVerdict, eventAt, type OpenForTest } from "./archive.ts";

const EVENTS = [
  eventAt("e_1", 0, { type: "a", source: "s", subject: "vm-1", severity: "critical" }),
  eventAt("e_2", 30, { type: "a", source: "s", subject: "vm-2", severity: "warning" }),
  eventAt("e_3", 70, { type: "a", source: "z", subject: "vm-1", severity: "critical", labels: {} }),
  eventAt("e_4", 80, { type: "b", source: "z", subject: "vm-3", labels: { env: "test", 'a."b': "c" } }),
  eventAt("e_5", 4000, { type: "c", source: "z", subject: "vm-3", labels: { env: "test" } }),
];
const VERDICTS = [
  aVerdict("e_1", "r1", { reason: "throttled" }),
  aVerdict("e_1", "r2", { reason: "throttled" }),
  aVerdict("e_2", "r1", { reason: "stale" }),
  aVerdict("e_3", "r2", { reason: "throttled" }),
];

function at(seconds: number): string {
  return new Date(START_MS + seconds * 1000).toISOString();
}

async function filled(archive: Archive): Promise<Archive> {
  await archive.write({ events: EVENTS, verdicts: VERDICTS });
  return archive;
}

type Case = [name: string, filter: ArchiveFilter, by: ArchiveGrouping["by"], found: Record<string, number>];

const CASES: Case[] = [
  ["type", {}, "type", { a: 3, b: 1, c: 1 }],
  ["source", {}, "source", { z: 3, s: 2 }],
  ["severity", { type: ["a"] }, "severity", { critical: 2, warning: 1 }],
  ["status", { text: "磁盘" }, "status", { firing: 5 }],
  ["subject", { source: ["z"] }, "subject", { "vm-3": 2, "vm-1": 1 }],
  ["a label, leaving out events without it", {}, "label:env", { prod: 2, test: 2 }],
  ["a label with odd characters", {}, 'label:a."b', { c: 1 }],
  ["a label that is inherited by every object", {}, "label:constructor", {}],
  ["rule", {}, "rule", { r1: 2, r2: 2 }],
  ["reason, each event once", {}, "reason", { throttled: 2, stale: 1 }],
  ["the reasons of one rule", { ruleId: "r2" }, "reason", { throttled: 2 }],
  ["the rules with one reason", { reason: "stale" }, "rule", { r1: 1 }],
];

/** What an archive counts. */
export function countContract(name: string, open: OpenForTest): void {
  counting(name, open);
  connecting(name, open);
}

function counting(name: string, open: OpenForTest): void {
  test(`${name}: counts by each field, by labels and by verdicts`, async (t) => {
    const archive = await filled(await open(t));
    for (const [what, filter, by, found] of CASES) {
      const { buckets, others } = await archive.aggregate(filter, { by, limit: 10 });
      assert.deepEqual(
        buckets,
        Object.entries(found).map(([key, events]) => ({ key, events })),
        `by ${what}`,
      );
      assert.deepEqual(others, { keys: 0, events: 0 });
    }
  });

  test(`${name}: tells the largest and says how much it left out`, async (t) => {
    const archive = await filled(await open(t));
    assert.deepEqual(await archive.aggregate({}, { by: "type", limit: 1 }), {
      buckets: [{ key: "a", events: 3 }],
      others: { keys: 2, events: 2 },
      events: 5,
    });
    const labelled = await archive.aggregate({}, { by: "label:env", limit: 1 });
    assert.deepEqual(labelled, {
      buckets: [{ key: "prod", events: 2 }],
      others: { keys: 1, events: 2 },
      events: 5,
    });
    const nothing = { buckets: [], others: { keys: 0, events: 0 }, events: 0 };
    assert.deepEqual(await archive.aggregate({ type: ["none"] }, { by: "rule", limit: 1 }), nothing);
  });

  test(`${name}: parts the largest by minutes, hours and days of UTC`, async (t) => {
    const archive = await filled(await open(t));
    const byMinute = await archive.aggregate({}, { by: "type", interval: "minute", limit: 2 });
    assert.deepEqual(byMinute.buckets, [
      { key: "a", at: at(0), events: 2 },
      { key: "a", at: at(60), events: 1 },
      { key: "b", at: at(60), events: 1 },
    ]);
    assert.deepEqual(byMinute.others, { keys: 1, events: 1 });
    const byHour = await archive.aggregate({}, { by: "status", interval: "hour", limit: 2 });
    assert.deepEqual(byHour.buckets, [
      { key: "firing", at: at(0), events: 4 },
      { key: "firing", at: at(3600), events: 1 },
    ]);
    const byDay = await archive.aggregate({}, { by: "reason", interval: "day", limit: 1 });
    assert.deepEqual(byDay.buckets, [{ key: "throttled", at: "2026-11-01T00:00:00.000Z", events: 2 }]);
  });

  const bad: [string, ArchiveFilter, ArchiveGrouping][] = [
    ["a limit of 0", {}, { by: "type", limit: 0 }],
    ["a limit of 1001", {}, { by: "type", limit: 1001 }],
    ["a field that there is not", {}, { by: "id" as "type", limit: 1 }],
    ["an interval that there is not", {}, { by: "type", interval: "week" as "day", limit: 1 }],
    ["a filter that cannot be", { from: "yesterday" }, { by: "type", limit: 1 }],
  ];
  for (const [what, filter, grouping] of bad) {
    test(`${name}: refuses to count with ${what}`, async (t) => {
      const archive = await open(t);
      await assert.rejects(archive.aggregate(filter, grouping), { code: "archive.bad_query" });
    });
  }
}

function connecting(name: string, open: OpenForTest): void {
  test(`${name}: shows what is connected, unchanged by writing the same twice`, async (t) => {
    const archive = await filled(await open(t));
    const violations = [{ path: "detail", message: "x" }];
    const next = eventAt("e_6", 90_000, { type: "a", source: "s", violations });
    for (let i = 0; i < 2; i++) {
      await archive.write({ events: [...EVENTS, next, next], verdicts: [] });
      assert.deepEqual(await archive.overview(), [
        { type: "a", source: "s", events: 3, invalid: 1, lastSeenAt: at(90_000) },
        { type: "a", source: "z", events: 1, invalid: 0, lastSeenAt: at(70) },
        { type: "b", source: "z", events: 1, invalid: 0, lastSeenAt: at(80) },
        { type: "c", source: "z", events: 1, invalid: 0, lastSeenAt: at(4000) },
      ]);
    }
    assert.equal(await archive.count(), 6);
  });

  test(`${name}: moves an event's share when it is written again with another content`, async (t) => {
    const archive = await filled(await open(t));
    await archive.write({
      events: [
        eventAt("e_2", 5, { type: "d", source: "s" }),
        eventAt("e_5", 4000, { type: "b", source: "z" }),
      ],
      verdicts: [],
    });
    assert.deepEqual(await archive.overview(), [
      { type: "a", source: "s", events: 1, invalid: 0, lastSeenAt: at(0) },
      { type: "a", source: "z", events: 1, invalid: 0, lastSeenAt: at(70) },
      { type: "b", source: "z", events: 2, invalid: 0, lastSeenAt: at(4000) },
      { type: "d", source: "s", events: 1, invalid: 0, lastSeenAt: at(5) },
    ]);
  });
}
