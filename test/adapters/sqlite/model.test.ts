import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import type { Harness } from "../../contract/harness.ts";
import { modelContract } from "../../contract/model.ts";
import { movableClock } from "../../support/clock.ts";
import { restartableHarness } from "../../support/sqlite.ts";

async function reference(): Promise<Harness> {
  const clock = movableClock();
  return { ...openMemoryStore({ clock, partitions: 2 }), clock };
}

modelContract("sqlite", { subject: () => restartableHarness({ partitions: 2 }), reference });
