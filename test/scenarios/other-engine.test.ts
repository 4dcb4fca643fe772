import assert from "node:assert/strict";
import { test } from "node:test";
import { actionParameters } from "../../core/actions/index.ts";
import { createCommandExecutor } from "../../fixtures/executors/command.ts";
import { cardClosed, message, openWorld } from "../support/world.ts";
import { approved, drillRule, SOON } from "./drill.ts";

test("another engine does the work over the same port: asked, approved, run, told", async (t) => {
  const commands = { "run.echo": { file: "echo", args: ["hello"], parameters: ["name"] } };
  const executor = createCommandExecutor({ cluster: "hz-core", commands });
  const schema = {
    action: "run.echo",
    enabled: true,
    parameters: actionParameters({ name: { type: "string" } }),
  };
  const readAction = async () => ({ outcome: "known" as const, schema });
  const listActions = async (cluster: string) => ({
    ...{ outcome: "known" as const, cluster, actions: [], versions: new Map<string, string>() },
  });
  const files = drillRule({ action: "run.echo", params: { name: "{{ detail.host }}" } });
  const world = await openWorld(t, {
    files,
    settings: SOON,
    engine: { ...executor, readAction, listActions, readPack: async () => ({ outcome: "absent" }) },
  });
  const card = await approved(world);
  assert.equal(await cardClosed(world, card), "成功");
  await message(world, "lisi", "演练", "成功", "hello h1");
  assert.deepEqual(world.stackstorm.rows(), []);
});
