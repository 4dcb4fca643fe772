import { describe } from "node:test";
import type { HarnessOf } from "./harness.ts";
import { appendingEvents } from "./journal/appending.ts";
import { readingEntries } from "./journal/reading.ts";
import { refusingBodies } from "./journal/refusing.ts";
import { replayingSignatures } from "./journal/replaying.ts";
import { trimmingEntries } from "./journal/trimming.ts";

/** What every journal promises. The harness's dedupe window is `DEDUPE_WINDOW_MS`. */
export function journalContract(name: string, open: () => Promise<HarnessOf<"journal">>): void {
  describe(`journal: ${name}`, () => {
    appendingEvents(open);
    readingEntries(open);
    refusingBodies(open);
    trimmingEntries(open);
    replayingSignatures(open);
  });
}
