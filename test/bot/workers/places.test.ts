import assert from "node:assert/strict";
import { test } from "node:test";
import { ALONE, type Crew } from "../../../bot/workers/crew.ts";
import { createPlaces, givingBack } from "../../../bot/workers/places.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";

test("a worker that has ended gives its places back, so that another reads on at once", async () => {
  const clock = movableClock();
  const { journal } = openMemoryStore({ clock });
  const [mine, other] = ["a", "b"].map((holder) =>
    createPlaces("rules", { journal, clock, holder, crew: ALONE }),
  );
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

test("a partition that became another's is given back before the next round, and the others are kept", async () => {
  const clock = movableClock();
  const { journal } = openMemoryStore({ clock });
  let mine = (_: number) => true;
  const crew: Crew = { isMine: (partition) => mine(partition), leave: async () => undefined };
  const places = createPlaces("rules", { journal, clock, holder: "a", crew });
  const other = createPlaces("rules", { journal, clock, holder: "b", crew: ALONE });
  assert.deepEqual(await places.toRead(), [0, 1, 2, 3, 4, 5, 6, 7]);
  for (const partition of await places.toRead()) assert.notEqual(await places.fence(partition), null);
  mine = (partition) => partition % 2 === 0;
  assert.deepEqual(await places.toRead(), [0, 2, 4, 6]);
  clock.advance(2);
  assert.notEqual(await other.fence(1), null);
  assert.equal(await other.fence(2), null);
});
