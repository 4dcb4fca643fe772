import assert from "node:assert/strict";
import { test } from "node:test";
import { overheard } from "../../../bot/inquiries/index.ts";
import type { Executor, Hint } from "../../../core/ports/index.ts";

test("who watches a cluster through an overheard executor misses neither a hint nor the proof that its stream lives", async () => {
  const hint: Hint = { cluster: "main", executionId: "e1", status: "pending" };
  const heard: unknown[] = [];
  const { signal } = new AbortController();
  const executor: Pick<Executor, "watch"> = {
    watch: async (cluster, onHint, given, onProven) => {
      heard.push(cluster, given === signal);
      onHint(hint);
      onProven?.(true);
    },
  };
  const watched = overheard(executor, { hinted: (one) => heard.push(["overheard", one.executionId]) });
  await watched.watch(
    "main",
    (one) => heard.push(["told", one.executionId]),
    signal,
    (isAlive) => heard.push(["proven", isAlive]),
  );
  assert.deepEqual(heard, ["main", true, ["overheard", "e1"], ["told", "e1"], ["proven", true]]);
});
