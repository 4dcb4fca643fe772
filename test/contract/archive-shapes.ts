import assert from "node:assert/strict";
import { test } from "node:test";
import type { WhaleEvent } from "../../core/events/index.ts";
import { MAX_DETAIL_DEPTH } from "../../core/events/plain-detail.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { eventAt, type OpenForTest } from "./archive.ts";

/** An object of so many levels, with a text in the deepest. */
export function nested(levels: number): JsonObject {
  let value: JsonObject = { end: "x" };
  for (let level = 1; level < levels; level++) value = { a: value };
  return value;
}

type Shape = Partial<Pick<WhaleEvent, "labels" | "detail">>;

const SHAPES: [name: string, shape: Shape][] = [
  ["nested as deep as a detail may be", { detail: nested(MAX_DETAIL_DEPTH) }],
  ["nested in lists", { detail: { a: [[{ b: [nested(MAX_DETAIL_DEPTH - 5)] }]] } }],
  ["a key of a detail of 33,000 characters", { detail: { ["k".repeat(33_000)]: "v" } }],
  ["a key of a label of 33,000 characters", { labels: { ["k".repeat(33_000)]: "v" } }],
  ["a long key with a long value", { detail: { ["k".repeat(4_000)]: "告".repeat(9_900) } }],
  ["a long path of short keys", { detail: { a: { ["b".repeat(20_000)]: { ["c".repeat(20_000)]: 1 } } } }],
  ["a key of 60,000 characters with nothing in it", { detail: { ["k".repeat(60_000)]: {} } }],
  ["a key with a NUL", { labels: { "a\u0000b": "v" }, detail: { c: { "\u0000": { d: [1] } } } }],
  ["a value with a NUL", { labels: { a: "\u0000" }, detail: { a: "b\u0000c" } }],
  ["keys of dots and nothing", { labels: { "": "v", ".": "v", "a..b": "v" }, detail: { "": { ".": true } } }],
  ["a value of 100,000 characters", { labels: { a: "告".repeat(100_000) }, detail: {} }],
];

/** What every archive keeps of events, whatever keys and values their senders chose. */
export function shapesContract(name: string, open: OpenForTest): void {
  for (const [shape, overrides] of SHAPES) {
    test(`${name}: keeps and finds an event with ${shape}`, async (t) => {
      const archive = await open(t);
      const event = eventAt("e_1", 0, { ...overrides, title: "磁盘" });
      await archive.write({ events: [event], verdicts: [] });
      const letters = await archive.deadLetters.list(1);
      assert.deepEqual(
        letters.map(({ problem }) => problem),
        [],
      );
      assert.deepEqual(await archive.get("e_1"), event);
      const { events } = await archive.search({ text: "磁盘", limit: 1 });
      assert.deepEqual(events, [event]);
    });
  }

  test(`${name}: filters by the labels beside one that is odd`, async (t) => {
    const archive = await open(t);
    const labels = { ["k".repeat(33_000)]: "v", "a\u0000b": "v", env: "prod" };
    await archive.write({ events: [eventAt("e_1", 0, { labels })], verdicts: [] });
    const { events } = await archive.search({ labels: { env: "prod" }, limit: 1 });
    assert.equal(events[0]?.id, "e_1");
  });
}
