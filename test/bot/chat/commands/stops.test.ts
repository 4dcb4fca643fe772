import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asked } from "../../../../bot/chat/command.ts";
import { stopCommands } from "../../../../bot/chat/commands/stops.ts";
import type { Stop } from "../../../../core/stops/index.ts";
import { aViewing } from "../../../core/cards/viewing.ts";
import { aStop } from "../../../support/tasks.ts";

/** What `start` with this behind it is answered or asks, while these are stopped. */
async function starting(text: string, stopped: readonly Stop[]): Promise<string> {
  const { start } = stopCommands({
    ...{ stops: { list: async () => stopped } as never, rules: () => [], clusters: () => [] },
    ...{ tasks: {} as never, advancer: {} as never, denied: () => null },
    directory: { nameOf: async (id) => id },
  });
  const asked = { actor: { kind: "local" }, args: { text }, viewing: aViewing() } as unknown as Asked;
  const prepared = await start.prepare?.(asked);
  return prepared?.outcome === "ask"
    ? `▣ ${prepared.facts.title}`
    : String(prepared && "text" in prepared && prepared.text);
}

test("to let start again what is not stopped is answered at once, and asks nothing", async () => {
  const cluster = aStop({ scope: { of: "cluster", name: "hz" } });
  assert.equal(await starting("", []), "全部 没有被急停。");
  assert.equal(await starting("cluster=bj", [cluster]), "集群 bj 没有被急停。");
  assert.equal(await starting("cluster=hz", [cluster]), "▣ 启动 集群 hz");
  assert.equal(await starting("", [aStop()]), "▣ 启动 全部");
});
