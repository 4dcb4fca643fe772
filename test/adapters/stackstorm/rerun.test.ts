import assert from "node:assert/strict";
import { test } from "node:test";
import { aClient, aCluster, aRow, EXECUTION_ID, fakeSt2, REQUEST_ID } from "./support.ts";

test("a run once more names its steps and those that begin anew, and neither where none is meant", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 201, body: aRow() }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  const of = { cluster: "hz", action: "disk.cleanup", requestId: REQUEST_ID, executionId: EXECUTION_ID };
  await st2.rerun({ ...of, steps: [] });
  await st2.rerun({ ...of, steps: ["a", "b"] });
  await st2.rerun({ ...of, steps: ["a", "b"], reset: ["b"] });
  assert.deepEqual(
    fake.seen.map(({ body }) => JSON.parse(body)),
    [{}, { tasks: ["a", "b"] }, { tasks: ["a", "b"], reset: ["b"] }],
  );
});
