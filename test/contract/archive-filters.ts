import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArchiveQuery } from "../../core/ports/index.ts";
import { START_MS } from "../support/clock.ts";
import { aVerdict, eventAt, type OpenForTest } from "./archive.ts";

const VIOLATIONS = [{ path: "detail.usage", message: "高" }];

const EVENTS = [
  eventAt("e_1", 1, { type: "a", severity: "critical", status: "firing", incident: "i/1" }),
  eventAt("e_2", 2, { type: "b", severity: "major", status: "resolved", incident: "i/2" }),
  eventAt("e_3", 3, { type: "c", severity: "warning", status: "point", violations: VIOLATIONS }),
  eventAt("e_4", 4, { labels: { env: "prod", "k=v": "a b", 城市: "杭州" } }),
  eventAt("e_5", 5, { labels: { env: "Prod", k: "v=a b" } }),
  eventAt("e_7", 7, { type: "n", detail: { usage: 85, "cpu load": -0.5, 容量: 1e21 } }),
  eventAt("e_8", 8, { type: "n", detail: { usage: 90.25, "cpu load": 3 } }),
  eventAt("e_9", 9, { type: "n", detail: { usage: "91", "cpu load": null } }),
  eventAt("e_6", 6, { labels: { env: 'x" OR "y', long: "长".repeat(500), empty: "" } }),
];

const VERDICTS = [
  aVerdict("e_1", "r1", { reason: "throttled" }),
  aVerdict("e_1", "r2", { reason: "stale" }),
  aVerdict("e_2", "r1", { reason: "stale" }),
  aVerdict("e_3", "r1", { reason: "throttled" }),
  aVerdict("e_3", "r2", { reason: "throttled" }),
  aVerdict("e_5", "r'2", { outcome: "fired", reason: "fired" }),
];

const FILTERS: [name: string, query: Partial<ArchiveQuery>, found: string[]][] = [
  ["one of several types", { type: ["a", "c", "none"] }, ["e_3", "e_1"]],
  ["one of a thousand types", { type: [...Array.from({ length: 999 }, (_, i) => `t${i}`), "b"] }, ["e_2"]],
  ["severity", { severity: ["major"] }, ["e_2"]],
  ["one of several severities", { severity: ["major", "warning"] }, ["e_3", "e_2"]],
  ["one of several statuses", { status: ["resolved", "point"] }, ["e_3", "e_2"]],
  ["incident", { incident: "i/2" }, ["e_2"]],
  ["having violations", { invalid: true }, ["e_3"]],
  ["having none", { invalid: false, type: ["a", "b", "c"] }, ["e_2", "e_1"]],
  ["a label, with its letter case", { labels: { env: "Prod" } }, ["e_5"]],
  ["labels that are all there", { labels: { env: "prod", 城市: "杭州" } }, ["e_4"]],
  ["labels of which one is not there", { labels: { env: "prod", 城市: "上海" } }, []],
  ["a label's key and value apart", { labels: { k: "v=a b" } }, ["e_5"]],
  ["a label's value that is empty", { labels: { empty: "" } }, ["e_6"]],
  ["a label's value that is long", { labels: { long: "长".repeat(500) } }, ["e_6"]],
  ["a label's value that is nearly so", { labels: { long: "长".repeat(499) } }, []],
  ["a label's value with what would be syntax", { labels: { env: 'x" OR "y' } }, ["e_6"]],
  ["a label, a type and a word", { labels: { env: "prod" }, type: ["a"], text: "磁盘" }, ["e_1"]],
  ["a number from a bound on", { type: ["n"], numbers: { usage: { min: 85 } } }, ["e_8", "e_7"]],
  ["a number up to a bound", { type: ["n"], numbers: { usage: { max: 90.2 } } }, ["e_7"]],
  ["a number between bounds, both included", { numbers: { usage: { min: 90.25, max: 90.25 } } }, ["e_8"]],
  ["a number of several fields", { numbers: { usage: { min: 0 }, "cpu load": { max: 0 } } }, ["e_7"]],
  ["a number and words", { type: ["n"], text: "磁盘", numbers: { "cpu load": { min: 0 } } }, ["e_8"]],
  ["a number that is large", { numbers: { 容量: { min: 1e20 } } }, ["e_7"]],
  ["a number in no order", { numbers: { usage: { min: 2, max: 1 } } }, []],
  ["the rule of a verdict", { ruleId: "r2" }, ["e_3", "e_1"]],
  ["the reason of a verdict, each event once", { reason: "throttled" }, ["e_3", "e_1"]],
  ["rule and reason of one verdict", { ruleId: "r2", reason: "stale" }, ["e_1"]],
  ["rule and reason of two verdicts", { ruleId: "r1", reason: "fired" }, []],
  ["a rule's name with a quote", { ruleId: "r'2" }, ["e_5"]],
  ["a verdict and a type", { reason: "throttled", type: ["c"] }, ["e_3"]],
  ["a verdict and a word", { ruleId: "r1", text: "磁盘", status: ["resolved"] }, ["e_2"]],
];

const BAD: [name: string, query: Partial<ArchiveQuery>][] = [
  ["an empty list", { type: [] }],
  ["a list of 1001", { source: Array.from({ length: 1001 }, (_, i) => `s${i}`) }],
  ["51 labels", { labels: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) }],
  ["a number of a field that is not declared", { numbers: { host: { min: 1 } } }],
  ["a number of a field that every object has", { numbers: { toString: { min: 1 } } }],
  ["a range without bounds", { numbers: { usage: {} } }],
  ["a bound that is no number", { numbers: { usage: { min: Number.NaN } } }],
  ["a page of 10001", { limit: 10_001 }],
  ["an order that there is not", { order: "loudest" as "newest" }],
  ["a text of 51 words", { text: Array.from({ length: 51 }, (_, i) => `w${i}`).join(" ") }],
  ["a text of 1001 characters", { text: "磁".repeat(1001) }],
];

/** Which events a search finds by what it is given. */
export function filterContract(name: string, open: OpenForTest): void {
  test(`${name}: filters by each field, value and verdict, in both orders and page by page`, async (t) => {
    const archive = await open(t);
    await archive.write({ events: EVENTS, verdicts: VERDICTS });
    for (const [what, query, found] of FILTERS) {
      for (const order of ["newest", "oldest"] as const) {
        const wanted = order === "newest" ? found : found.toReversed();
        const ids: string[] = [];
        let after: string | null | undefined;
        while (after !== null) {
          const asked = { ...query, order, limit: 1 };
          const page = await archive.search(after === undefined ? asked : { ...asked, after });
          ids.push(...page.events.map((event) => event.id));
          after = page.next;
        }
        assert.deepEqual(ids, wanted, `${what}, ${order} first`);
      }
    }
  });

  test(`${name}: filters by verdicts within a time span`, async (t) => {
    const archive = await open(t);
    await archive.write({ events: EVENTS, verdicts: VERDICTS });
    const from = new Date(START_MS + 2000).toISOString();
    const { events } = await archive.search({ reason: "throttled", from, limit: 10 });
    assert.deepEqual(
      events.map((event) => event.id),
      ["e_3"],
    );
  });

  test(`${name}: keeps verdicts with an event that is written again with another time`, async (t) => {
    const archive = await open(t);
    await archive.write({ events: EVENTS, verdicts: VERDICTS });
    await archive.write({ events: [eventAt("e_1", 9, { type: "moved" })], verdicts: [] });
    const { events } = await archive.search({ reason: "throttled", limit: 10 });
    assert.deepEqual(
      events.map((event) => event.id),
      ["e_1", "e_3"],
    );
    assert.equal((await archive.verdicts("e_1")).length, 2);
  });

  test(`${name}: shows each event once, oldest first, while others come before and behind`, async (t) => {
    const archive = await open(t);
    const write = (...seconds: number[]) =>
      archive.write({ events: seconds.map((s) => eventAt(`e_${s}`, s)), verdicts: [] });
    await write(10, 20, 30, 40);
    const first = await archive.search({ order: "oldest", limit: 2 });
    await write(15, 35, 50);
    const rest = await archive.search({ order: "oldest", limit: 10, after: first.next ?? "" });
    const ids = [...first.events, ...rest.events].map((event) => event.id);
    assert.deepEqual(ids, ["e_10", "e_20", "e_30", "e_35", "e_40", "e_50"]);
    assert.equal(rest.next, null);
  });

  for (const [what, query] of BAD) {
    test(`${name}: refuses a query with ${what}`, async (t) => {
      const archive = await open(t);
      await assert.rejects(archive.search({ limit: 5, ...query }), { code: "archive.bad_query" });
    });
  }
}
