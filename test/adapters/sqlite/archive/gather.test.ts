import assert from "node:assert/strict";
import { test } from "node:test";
import { gatherWrites } from "../../../../adapters/sqlite/archive/gather.ts";

/** Writes that end when they are told to, in their order. */
function heldWrites() {
  const groups: number[][] = [];
  const held: PromiseWithResolvers<void>[] = [];
  const gathered = gatherWrites<number>((inputs) => {
    groups.push(inputs);
    const one = Promise.withResolvers<void>();
    held.push(one);
    return one.promise;
  });
  return { groups, held, gathered };
}

test("writes at once when nothing is under way, and then all that came meanwhile together", async () => {
  const { groups, held, gathered } = heldWrites();
  const first = gathered.write(1);
  assert.deepEqual(groups, [[1]]);
  const others = [gathered.write(2), gathered.write(3)];
  assert.deepEqual(groups, [[1]]);
  held[0]?.resolve();
  await first;
  await new Promise(setImmediate);
  assert.deepEqual(groups, [[1], [2, 3]]);
  held[1]?.resolve();
  await Promise.all(others);
  const last = gathered.write(4);
  held[2]?.resolve();
  await last;
  assert.deepEqual(groups, [[1], [2, 3], [4]]);
});

test("fails for those whose write failed, and goes on with the next", async () => {
  const { groups, held, gathered } = heldWrites();
  const first = gathered.write(1);
  const others = [gathered.write(2), gathered.write(3)];
  held[0]?.reject(new Error("no room"));
  await assert.rejects(first, { message: "no room" });
  await new Promise(setImmediate);
  held[1]?.reject(new Error("still none"));
  for (const other of others) await assert.rejects(other, { message: "still none" });
  const last = gathered.write(4);
  held[2]?.resolve();
  await last;
  assert.deepEqual(groups, [[1], [2, 3], [4]]);
});

test("is idle once everything asked for has ended", async () => {
  const { held, gathered } = heldWrites();
  await gathered.idle();
  const writes = [gathered.write(1), gathered.write(2)];
  let idle = false;
  const waiting = gathered.idle().then(() => {
    idle = true;
  });
  held[0]?.resolve();
  await new Promise(setImmediate);
  assert.equal(idle, false);
  held[1]?.resolve();
  await Promise.all([...writes, waiting]);
});
