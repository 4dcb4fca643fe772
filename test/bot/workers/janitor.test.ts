import assert from "node:assert/strict";
import { test } from "node:test";
import { createMetrics } from "../../../adapters/telemetry/index.ts";
import { startJanitor } from "../../../bot/workers/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { openMemoryArchive } from "../../../fixtures/memory-archive/index.ts";
import { unfit } from "../../contract/archive-dead-letters.ts";
import { aTask } from "../../support/builders.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog, silentLog } from "../../support/log.ts";

test("tells the gauge and its listener how many dead letters the archive has", async () => {
  const clock = movableClock();
  const archive = openMemoryArchive();
  await archive.write({ events: [unfit("e_1", 1), unfit("e_2", 2)], verdicts: [] });
  const metrics = createMetrics({ prefix: "whale" });
  const told = Promise.withResolvers<number>();
  const janitor = startJanitor({
    ...{ ...openMemoryStore({ clock }), archive, clock, log: silentLog, metrics },
    ...{
      holder: "h",
      isEven: () => true,
      keepMs: 1,
      archiveKeepMs: 1,
      taskKeepMs: 1,
      registry: () => new Map(),
      onDeadLetters: told.resolve,
    },
  });
  assert.equal(await told.promise, 2);
  await janitor.stop();
  assert.match(await metrics.text(), /^whale_archive_dead_letters 2$/m);
});

test("goes on, and keeps the number that was told, while the archive is away", async () => {
  const clock = movableClock();
  const archive = openMemoryArchive();
  const away = new ChatOpsError("not reached", { code: "elasticsearch.unreachable", retryable: true });
  const count = () => Promise.reject(away);
  const log = recordingLog();
  const told: number[] = [];
  const janitor = startJanitor({
    ...{ ...openMemoryStore({ clock }), clock, log, metrics: createMetrics({ prefix: "whale" }) },
    archive: { ...archive, deadLetters: { ...archive.deadLetters, count } },
    ...{
      holder: "test",
      isEven: () => true,
      keepMs: 1,
      archiveKeepMs: 1,
      taskKeepMs: 1,
      registry: () => new Map(),
    },
    onDeadLetters: (number) => void told.push(number),
  });
  const warned = () => log.lines.some(({ message }) => message === "dead letters cannot be counted now");
  while (!warned()) await new Promise((resolve) => setImmediate(resolve));
  await janitor.stop();
  assert.deepEqual(told, []);
  assert.deepEqual(
    log.lines.filter(({ level }) => level === "error"),
    [],
  );
});

test("forgets tasks that ended as long ago as they are kept, and no others", async () => {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const states = ["succeeded", "running"] as const;
  for (const [forEachIndex, state] of states.entries()) {
    await store.tasks.make({ task: aTask({ forEachIndex, state }), outbox: [] });
  }
  const log = recordingLog();
  const common = {
    ...store,
    clock,
    log,
    archive: openMemoryArchive(),
    metrics: createMetrics({ prefix: "whale" }),
  };
  const times = { keepMs: 1, archiveKeepMs: 1, taskKeepMs: 90 * 86_400_000 };
  const round = async ({ isEven }: { isEven: boolean }) => {
    const told = Promise.withResolvers<number>();
    const janitor = startJanitor({
      ...{ ...common, ...times, isEven: () => isEven, holder: "h" },
      ...{ registry: () => new Map(), onDeadLetters: told.resolve },
    });
    await told.promise;
    await janitor.stop();
    return store.tasks.countByState();
  };
  clock.advance(times.taskKeepMs);
  assert.deepEqual(await round({ isEven: true }), { succeeded: 1, running: 1 });
  clock.advance(1);
  assert.deepEqual(await round({ isEven: false }), { succeeded: 1, running: 1 });
  assert.deepEqual(await round({ isEven: true }), { running: 1 });
  assert.equal(log.lines.filter(({ fields }) => fields["tasks"] === 1).length, 1);
});
