import assert from "node:assert/strict";
import { test } from "node:test";
import { environment } from "./e2e.ts";
import { recordsOfALife } from "./tasks/records.ts";

const env = environment({ url: "http://127.0.0.1:9" }, "/tmp/nothing-is-stored-here");

test("a life in the tasks benchmark is whole: made, asked, approved, started, finished, reported", async () => {
  const records = await recordsOfALife(env);
  const versions = records.filter(({ key }) => /^t_[^:]+$/.test(key));
  const told = records.flatMap(({ key }) => /^t_[^:]+:(\w+):\d+$/.exec(key)?.[1] ?? []);
  assert.deepEqual(
    versions.map(({ body }) => (JSON.parse(body) as { state: string }).state),
    ["pending_approval", "pending_approval", "approved", "starting", "running", "succeeded"],
  );
  assert.deepEqual(told, ["card", "update", "update", "report", "ended"]);
  assert.equal(records.filter(({ key }) => key.startsWith("click:")).length, 1);
  assert.equal(records.filter(({ key }) => key.startsWith("ended:")).length, 1);
});
