import assert from "node:assert/strict";
import { test } from "node:test";
import type { Archive } from "../../core/ports/index.ts";
import { START_MS } from "../support/clock.ts";
import { aVerdict, eventAt, type OpenForTest } from "./archive.ts";
import { unfit } from "./archive-dead-letters.ts";

const DAY = 86_400;
const DAY_MS = DAY * 1000;
const DAY_START_MS = Math.floor(START_MS / DAY_MS) * DAY_MS;
/** The beginning of the UTC day in which test clocks start, on their scale. */
const MIDNIGHT = (DAY_START_MS - START_MS) / 1000;

async function ids(archive: Archive): Promise<string[]> {
  const { events } = await archive.search({ limit: 10_000, order: "oldest" });
  return events.map((event) => event.id);
}

/** What an archive forgets, and what it keeps. */
export function forgetContract(name: string, open: OpenForTest): void {
  test(`${name}: forgets whole days of each type once they are older than the type is kept`, async (t) => {
    const archive = await open(t);
    await archive.write({
      events: [
        eventAt("short-0", MIDNIGHT, { type: "short" }),
        eventAt("long-0", MIDNIGHT + 1, { type: "long" }),
        eventAt("other-0", MIDNIGHT + 2, { type: "other" }),
        eventAt("short-1", MIDNIGHT + DAY, { type: "short" }),
        eventAt("other-1", MIDNIGHT + DAY + 1, { type: "other" }),
        eventAt("short-2", MIDNIGHT + 2 * DAY, { type: "short" }),
      ],
      verdicts: [],
    });
    const retention = { defaultKeepMs: 2 * DAY_MS, byType: { short: DAY_MS, long: 100 * DAY_MS } };
    const forgetAt = (days: number) => archive.forget(retention, DAY_START_MS + days * DAY_MS);
    assert.equal(await archive.forget(retention, DAY_START_MS + 2 * DAY_MS - 1), 0);
    assert.equal(await forgetAt(2), 1);
    assert.deepEqual(await ids(archive), ["long-0", "other-0", "short-1", "other-1", "short-2"]);
    assert.equal(await forgetAt(3), 2);
    assert.deepEqual(await ids(archive), ["long-0", "other-1", "short-2"]);
    assert.equal(await forgetAt(3), 0);
    assert.deepEqual(
      (await archive.overview()).map(({ type, events }) => [type, events]),
      [
        ["long", 1],
        ["other", 1],
        ["short", 1],
      ],
    );
    assert.equal(await archive.count(), 3);
  });

  test(`${name}: forgets dead letters after the time of what has no type of its own, and a day`, async (t) => {
    const archive = await open(t);
    await archive.write({ events: [unfit("e_1", 0), unfit("e_2", DAY), eventAt("e_3", 0)], verdicts: [] });
    const retention = { defaultKeepMs: 2 * DAY_MS, byType: {} };
    await archive.forget(retention, START_MS + 3 * DAY_MS - 1000);
    assert.equal(await archive.deadLetters.count(), 2);
    await archive.forget(retention, START_MS + 3 * DAY_MS + 1000);
    const letters = await archive.deadLetters.list(10);
    assert.deepEqual(
      letters.map(({ value }) => "id" in value && value.id),
      ["e_2"],
    );
    await archive.forget({ defaultKeepMs: 100 * 365 * DAY_MS, byType: {} }, START_MS);
    assert.equal(await archive.deadLetters.count(), 1);
  });

  test(`${name}: forgets verdicts and words with their event, and takes it in again`, async (t) => {
    const archive = await open(t);
    const batch = {
      events: [eventAt("e_1", 0, { title: "稀有" }), eventAt("e_2", 5 * DAY)],
      verdicts: [aVerdict("e_1", "r"), aVerdict("e_2", "r")],
    };
    await archive.write(batch);
    const retention = { defaultKeepMs: DAY_MS, byType: {} };
    assert.equal(await archive.forget(retention, START_MS + 5 * DAY_MS), 1);
    assert.equal(await archive.get("e_1"), null);
    assert.deepEqual(await archive.verdicts("e_1"), []);
    assert.equal((await archive.search({ text: "稀有", limit: 5 })).events.length, 0);
    assert.equal((await archive.search({ ruleId: "r", limit: 5 })).events.length, 1);
    assert.equal((await archive.aggregate({}, { by: "rule", limit: 5 })).buckets[0]?.events, 1);
    await archive.write(batch);
    assert.deepEqual(await ids(archive), ["e_1", "e_2"]);
    assert.equal((await archive.verdicts("e_1")).length, 1);
  });

  test(`${name}: forgets many events of one day and leaves those between them`, async (t) => {
    const archive = await open(t);
    const events = Array.from({ length: 1203 }, (_, i) => {
      return eventAt(`e_${String(i).padStart(4, "0")}`, Math.floor(i / 9), { type: i % 3 ? "old" : "kept" });
    });
    await archive.write({ events, verdicts: [] });
    const retention = { defaultKeepMs: 0, byType: { kept: Number.POSITIVE_INFINITY } };
    assert.equal(await archive.forget(retention, START_MS + DAY_MS), 802);
    const kept = events.filter((event) => event.type === "kept").map((event) => event.id);
    assert.deepEqual(await ids(archive), kept);
    assert.deepEqual(
      (await archive.overview()).map((row) => row.events),
      [401],
    );
  });

  test(`${name}: goes on from page to page over events that were forgotten`, async (t) => {
    const archive = await open(t);
    await archive.write({ events: [0, 1, 5, 6].map((day) => eventAt(`e_${day}`, day * DAY)), verdicts: [] });
    const first = await archive.search({ order: "oldest", limit: 1 });
    await archive.forget({ defaultKeepMs: DAY_MS, byType: {} }, START_MS + 6 * DAY_MS);
    const rest = await archive.search({ order: "oldest", limit: 5, after: first.next ?? "" });
    assert.deepEqual(
      rest.events.map((event) => event.id),
      ["e_5", "e_6"],
    );
  });

  test(`${name}: refuses to forget by times that are none`, async (t) => {
    const archive = await open(t);
    const facts = { code: "archive.bad_query" };
    await assert.rejects(archive.forget({ defaultKeepMs: -1, byType: {} }, 0), facts);
    await assert.rejects(archive.forget({ defaultKeepMs: 1, byType: { a: Number.NaN } }, 0), facts);
    await assert.rejects(archive.forget({ defaultKeepMs: 1, byType: {} }, Number.NaN), facts);
  });
}
