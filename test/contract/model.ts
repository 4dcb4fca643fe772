import { describe, test } from "node:test";
import { journalCommand, playJournal } from "./model/journal-model.ts";
import { assertAlike, type Rivals } from "./model/play.ts";
import { playTasks, taskCommand } from "./model/task-model.ts";
import { playThrottle, throttleCommand } from "./model/throttle-model.ts";

/** Compares a store with the in-memory reference on random command sequences. Both have two partitions. */
export function modelContract(name: string, rivals: Rivals): void {
  describe(`${name} beside the in-memory reference`, () => {
    test("gives the same grants and buckets for any wishes, repeats and trims", () =>
      assertAlike(rivals, throttleCommand, playThrottle));

    test("gives the same tasks and messages for any makings, moves, claims and clocks", () =>
      assertAlike(rivals, taskCommand, playTasks));

    test("gives the same receipts and entries for any deliveries, readers and trims", () =>
      assertAlike(rivals, journalCommand, playJournal));
  });
}
