import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createDueQueue } from "../../../../bot/workers/follow/due-queue.ts";

const aCommand = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), item: fc.nat(9), ms: fc.nat(50) }),
  fc.record({ kind: fc.constant("pull" as const), item: fc.nat(9), ms: fc.nat(50) }),
  fc.record({ kind: fc.constant("delete" as const), item: fc.nat(9), ms: fc.constant(0) }),
  fc.record({ kind: fc.constant("take" as const), item: fc.integer({ min: 1, max: 4 }), ms: fc.nat(50) }),
);

test("a queue gives out what is due, earliest first, whatever was moved or deleted before", () => {
  fc.assert(
    fc.property(fc.array(aCommand, { maxLength: 300 }), (commands) => {
      const queue = createDueQueue<number>();
      const model = new Map<number, number>();
      for (const { kind, item, ms } of commands) {
        if (kind === "set") model.set(item, ms);
        if (kind === "set") queue.set(item, ms);
        if (kind === "delete") model.delete(item);
        if (kind === "delete") queue.delete(item);
        if (kind === "pull") {
          const before = model.get(item);
          assert.equal(queue.pull(item, ms), before !== undefined);
          if (before !== undefined) model.set(item, Math.min(before, ms));
        }
        if (kind === "take") {
          const due = [...model.values()].filter((dueAtMs) => dueAtMs <= ms).sort((a, b) => a - b);
          const taken = queue.take(ms, item);
          assert.deepEqual(
            taken.map((one) => model.get(one)),
            due.slice(0, item),
          );
          for (const one of taken) model.delete(one);
        }
        assert.equal(queue.size, model.size);
        assert.equal(queue.nextDueAtMs(), model.size === 0 ? null : Math.min(...model.values()));
      }
    }),
  );
});
