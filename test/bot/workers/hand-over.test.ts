import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { handOverContract } from "../../contract/hand-over.ts";
import { movableClock } from "../../support/clock.ts";
import { sqliteHarness } from "../../support/sqlite.ts";

handOverContract("memory", async () => {
  const clock = movableClock();
  return { ...openMemoryStore({ clock }), clock };
});
handOverContract("sqlite", sqliteHarness);
