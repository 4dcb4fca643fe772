import assert from "node:assert/strict";
import { test } from "node:test";
import { createSlots } from "../../../bot/workers/slots.ts";
import { gate, settled } from "./parts.ts";

test("counts the jobs under way and tells when one has ended", async () => {
  let freed = 0;
  const slots = createSlots(2, () => {
    freed++;
  });
  const [a, b] = [gate(), gate()];
  assert.equal(slots.free(), 2);
  slots.run(() => a.promise);
  slots.run(() => b.promise);
  assert.equal(slots.free(), 0);
  b.open();
  await settled();
  assert.equal(slots.free(), 1);
  assert.equal(freed, 1);
  a.open();
  await slots.drain();
  assert.equal(freed, 2);
});

test("a slot is free again before the worker hears of it", async () => {
  const seen: number[] = [];
  const slots = createSlots(1, () => seen.push(slots.free()));
  slots.run(async () => undefined);
  await slots.drain();
  assert.deepEqual(seen, [1]);
});

test("drain waits for jobs that begin while it waits", async () => {
  const later = gate();
  let done = false;
  const slots = createSlots(2, () => undefined);
  slots.run(async () => {
    slots.run(async () => {
      await later.promise;
      done = true;
    });
  });
  const drained = slots.drain();
  await settled();
  later.open();
  await drained;
  assert.equal(done, true);
});

test("drain of empty slots ends at once", async () => {
  await createSlots(1, () => undefined).drain();
});
