import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Crew, joinCrew } from "../../../bot/workers/crew.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";

const PARTITIONS = [0, 1, 2, 3, 4, 5, 6, 7];

/** Processes that look again when the test says so. */
function yard() {
  const clock = movableClock();
  const { leases } = openMemoryStore({ clock });
  const log = recordingLog();
  const looks = new Map<string, () => void>();
  const join = (holder: string, over = leases): Promise<Crew> =>
    joinCrew({
      ...{ leases: over, log, holder },
      every: (_ms, run) => {
        looks.set(holder, run);
        return { stop: () => void looks.delete(holder) };
      },
    });
  const allLook = async () => {
    // Twice: the second look sees whom the first one brought back.
    for (const look of [...looks.values(), ...looks.values()]) look();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, leases, log, join, allLook, die: (holder: string) => looks.delete(holder) };
}

function partsOf(crews: readonly Crew[]): number[][] {
  return crews.map((crew) => PARTITIONS.filter((partition) => crew.isMine(partition)));
}

test("one process alone reads everything", async () => {
  const { join } = yard();
  assert.deepEqual(partsOf([await join("a")]), [PARTITIONS]);
});

test("each partition has one reader and their shares differ by one at most, however many there are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      async (names) => {
        const { join, allLook } = yard();
        const crews: Crew[] = [];
        for (const name of names) crews.push(await join(name));
        await allLook();
        const parts = partsOf(crews);
        assert.deepEqual(parts.flat().sort(), PARTITIONS);
        const sizes = parts.map((part) => part.length);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      },
    ),
    { numRuns: 50 },
  );
});

test("who leaves is replaced at the next look, who dies when its lease is over", async () => {
  const { clock, join, allLook, die } = yard();
  const [a, b, c] = [await join("a"), await join("b"), await join("c")];
  await allLook();
  assert.equal(partsOf([a, b, c]).flat().length, PARTITIONS.length);
  await b.leave();
  await allLook();
  assert.deepEqual(partsOf([a, c]).flat().sort(), PARTITIONS);
  die("c");
  await allLook();
  assert.notDeepEqual(partsOf([a]), [PARTITIONS]);
  clock.advance(12_001);
  await allLook();
  assert.deepEqual(partsOf([a]), [PARTITIONS]);
});

test("whoever cannot ask keeps its part, says so, and leaves without an error", async () => {
  const { join, leases, log } = yard();
  const away = () => Promise.reject(new Error("the store is away"));
  const lone = await join("a", { ...leases, acquire: away, release: away });
  assert.deepEqual(partsOf([lone]), [PARTITIONS]);
  assert.equal(log.lines[0]?.message, "who else is at work is not known");
  await lone.leave();
});
