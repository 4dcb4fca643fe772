import assert from "node:assert/strict";
import { test } from "node:test";
import type { WhaleEvent } from "../../core/events/index.ts";
import { aVerdict, eventAt, type OpenForTest } from "./archive.ts";

/** An event that no archive can make a text of. */
export function unfit(id: string, seconds: number): WhaleEvent {
  return { ...eventAt(id, seconds), labels: null } as unknown as WhaleEvent;
}

/** What every archive does with what it cannot store. */
export function deadLetterContract(name: string, open: OpenForTest): void {
  test(`${name}: puts an event that it cannot store among the dead letters, and stores the rest`, async (t) => {
    const archive = await open(t);
    const bad = unfit("e_bad", 1);
    const events = [eventAt("e_1", 0), bad, eventAt("e_2", 2)];
    await archive.write({ events, verdicts: [aVerdict("e_bad", "r"), aVerdict("e_1", "r")] });
    assert.equal(await archive.count(), 2);
    assert.equal(await archive.get("e_bad"), null);
    assert.equal((await archive.verdicts("e_1")).length, 1);
    const [letter, ...others] = await archive.deadLetters.list(10);
    assert.deepEqual([letter?.kind, letter?.value, letter?.at, others], ["event", bad, bad.receivedAt, []]);
    assert.match(letter?.problem ?? "", /null/);
    assert.match(letter?.id ?? "", /^[a-z0-9]+$/);
  });

  test(`${name}: keeps one letter of an event, however often it comes`, async (t) => {
    const archive = await open(t);
    for (const _ of [1, 2]) await archive.write({ events: [unfit("e_bad", 0)], verdicts: [] });
    assert.equal(await archive.deadLetters.count(), 1);
  });

  test(`${name}: lists the oldest letters first, and finds one by its id`, async (t) => {
    const { write, deadLetters } = await open(t);
    assert.deepEqual([await deadLetters.count(), await deadLetters.list(10)], [0, []]);
    await write({ events: [unfit("e_3", 3), unfit("e_1", 1), unfit("e_2", 2)], verdicts: [] });
    const letters = await deadLetters.list(2);
    assert.deepEqual(
      letters.map(({ value }) => "id" in value && value.id),
      ["e_1", "e_2"],
    );
    assert.equal(await deadLetters.count(), 3);
    assert.deepEqual(await deadLetters.get(letters[1]?.id ?? ""), letters[1]);
    assert.equal(await deadLetters.get("none"), null);
  });

  test(`${name}: leaves in the list what still cannot be stored`, async (t) => {
    const { write, deadLetters } = await open(t);
    await write({ events: [unfit("e_1", 1), unfit("e_2", 2)], verdicts: [] });
    const [first] = await deadLetters.list(1);
    assert.deepEqual(await deadLetters.retry(first?.id), { stored: 0, left: 1 });
    assert.deepEqual(await deadLetters.retry("none"), { stored: 0, left: 0 });
    assert.deepEqual(await deadLetters.retry(), { stored: 0, left: 2 });
    assert.equal(await deadLetters.count(), 2);
  });
}
