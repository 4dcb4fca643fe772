import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRoom } from "../../../bot/pressure/index.ts";

test("has no room for a second body beyond its size, and has it again once that is given back", () => {
  const room = createRoom(100);
  assert.equal(room.take(60, 0), true);
  assert.equal(room.take(41, 0), false);
  assert.equal(room.take(40, 0), true);
  assert.equal(room.take(1, 60), false);
  room.give(60);
  assert.equal(room.take(60, 40), true);
});

test("a body that is alone has as much as it likes", () => {
  const room = createRoom(100);
  assert.equal(room.take(90, 0), true);
  assert.equal(room.take(900, 90), true);
  assert.equal(room.take(1, 0), false);
  room.give(990);
  assert.equal(room.take(100, 0), true);
});

test("what is taken and not given back is never above the size but for one body alone", () => {
  const move = fc.record({
    body: fc.nat({ max: 4 }),
    bytes: fc.integer({ min: 1, max: 60 }),
    ends: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(move), (moves) => {
      const room = createRoom(100);
      const held = [0, 0, 0, 0, 0];
      for (const { body, bytes, ends } of moves) {
        const own = held[body] ?? 0;
        if (ends) room.give(own);
        held[body] = ends ? 0 : own + (room.take(bytes, own) ? bytes : 0);
        const all = held.reduce((sum, one) => sum + one, 0);
        const reading = held.filter((one) => one > 0).length;
        assert.ok(all <= 100 || reading === 1 || all === own, `${all} of ${reading} bodies`);
      }
    }),
  );
});
