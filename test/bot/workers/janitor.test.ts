import assert from "node:assert/strict";
import { test } from "node:test";
import { createMetrics } from "../../../adapters/telemetry/index.ts";
import { startJanitor } from "../../../bot/workers/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { openMemoryArchive } from "../../../fixtures/memory-archive/index.ts";
import { unfit } from "../../contract/archive-dead-letters.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

test("tells the gauge and its listener how many dead letters the archive has", async () => {
  const clock = movableClock();
  const archive = openMemoryArchive();
  await archive.write({ events: [unfit("e_1", 1), unfit("e_2", 2)], verdicts: [] });
  const metrics = createMetrics({ prefix: "whale" });
  const told = Promise.withResolvers<number>();
  const janitor = startJanitor({
    ...{ ...openMemoryStore({ clock }), archive, clock, log: silentLog, metrics },
    ...{ holder: "h", keepMs: 1, archiveKeepMs: 1, registry: () => new Map(), onDeadLetters: told.resolve },
  });
  assert.equal(await told.promise, 2);
  await janitor.stop();
  assert.match(await metrics.text(), /^whale_archive_dead_letters 2$/m);
});
