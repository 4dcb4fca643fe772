import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlaces, givingBack } from "../../../bot/workers/places.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";

test("a worker that has ended gives its places back, so that another reads on at once", async () => {
  const clock = movableClock();
  const { journal } = openMemoryStore({ clock });
  const [mine, other] = ["a", "b"].map((holder) => createPlaces("rules", { journal, clock, holder }));
  assert.ok(mine && other);
  assert.notEqual(await mine.fence(0), null);
  assert.equal(await other.fence(0), null);
  const stops: string[] = [];
  const loop = givingBack({ wake: () => undefined, stop: async () => void stops.push("ended") }, mine);
  await loop.stop();
  clock.advance(2);
  assert.deepEqual(stops, ["ended"]);
  assert.notEqual(await other.fence(0), null);
});
