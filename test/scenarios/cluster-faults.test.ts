import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type HomeFile, logged, message, openWorld, runsOf, until } from "../support/world.ts";
import { another, runs } from "./beside.ts";
import { drill, drillRule, lookingPolicy, SOON } from "./drill.ts";

/** A drill that runs for a while without asking anybody. */
function sleeping(seconds: number): Record<string, HomeFile> {
  return {
    ...drillRule({ action: "core.sleep", params: { seconds }, approval: { policy: "looking" } }),
    ...lookingPolicy(["core.sleep"]),
  };
}

const MEGABYTE = 1024 * 1024;

describe("what clusters do in the middle of a run", { concurrency: 2 }, () => {
  test("the key is rotated: what runs is not lost, what is new goes elsewhere, and the old end is told after all", async (t) => {
    const other = await another(t);
    const clusters = {
      "clusters/other.yaml": {
        ...{ name: "other", api: other.api, auth: { apiKey: "key-of-the-test-world-0001" } },
        ...{ businesses: ["shop"], priority: -1 },
      },
    };
    const world = await openWorld(t, { files: { ...sleeping(0.3), ...clusters }, settings: SOON });
    await drill(world, "1");
    await logged(world, { msg: "task moved", reason: "started" });
    await world.stackstorm.faults.set({ unauthorizedAfterCalls: 0 });
    await until(world, "the run to have ended behind the key", () => {
      return runsOf(world, "core.sleep").every(({ status }) => status === "succeeded");
    });
    await drill(world, "2", { incident: "b" });
    await until(world, "the new one to run elsewhere", () => runs(other).length === 1);
    await world.stackstorm.faults.set({ unauthorizedAfterCalls: null });
    await until(world, "both ends to be told", () => {
      return world.lines.filter(({ reason }) => reason === "execution_ended").length === 2;
    });
    assert.deepEqual([runs(world.stackstorm).length, runs(other).length], [1, 1]);
  });

  test("its stream is silent, its clock minutes off, and the result 16 MB: the end is told, with the size", async (t) => {
    const files = { ...drillRule({ approval: { policy: "looking" } }), ...lookingPolicy() };
    const world = await openWorld(t, { files, settings: SOON });
    await world.stackstorm.faults.set({
      silentStream: true,
      clockSkewMs: 300_000,
      bigResultBytes: 16 * MEGABYTE,
    });
    await drill(world, "1");
    await message(world, "zhangsan", "演练", "成功");
    const [task] = await world.stored((store) => store.tasks.list({ limit: 1 }));
    assert.equal(task?.state, "succeeded");
    assert.equal(task?.execution?.result, undefined);
    assert.ok((task?.execution?.resultBytes ?? 0) >= 16 * MEGABYTE);
    assert.equal(task?.history.filter(({ reason }) => reason === "execution_ended").length, 1);
  });
});
