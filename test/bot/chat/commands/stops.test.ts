import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asked } from "../../../../bot/chat/command.ts";
import { decisionCommands } from "../../../../bot/chat/commands/decisions.ts";
import { runCommands } from "../../../../bot/chat/commands/runs.ts";
import { stopCommands } from "../../../../bot/chat/commands/stops.ts";
import type { Stop } from "../../../../core/stops/index.ts";
import type { Language } from "../../../../core/texts/index.ts";
import { aViewing } from "../../../core/cards/viewing.ts";
import { aMadeTask, aStop } from "../../../support/tasks.ts";

const DIRECTORY = {
  nameOf: async (id: string) => id,
  expand: async () => ["lisi"],
  vouch: async () => ({ outcome: "entitled", groups: [0] }),
};

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

/** What is answered to who approves a task, and runs an action under a policy, while these are stopped. */
async function approving(stopped: readonly Stop[], language: Language): Promise<string[]> {
  const task = { ...aMadeTask(), state: "approved" as const };
  const decided = { ...task, decisions: [{ by: "lisi", clickKey: "k:1" }] };
  const stops = { refresh: async () => undefined, current: () => stopped };
  const common = { stops, denied: () => null, delegations: { standsFor: async () => [] } };
  const { approve } = decisionCommands({
    ...{ ...common, view: async () => aViewing(language), directory: DIRECTORY },
    tasks: { findByPrefix: async () => [task], get: async () => task },
    advancer: { advance: async () => ({ outcome: "moved", reason: "quorum_reached", task: decided }) },
  } as never);
  const policy = { mode: "policy", policy: { id: "read-only" } };
  const ask = async () => ({ outcome: "made", task: { ...task, approval: policy } });
  const { run } = runCommands({ ...common, desk: { ask, usableBy: async () => [] } } as never);
  const asked = (args: object) => {
    const about = [{ id: "1", hash: task.hash }];
    return {
      actor: { kind: "local" },
      args,
      about,
      viewing: aViewing(language),
      key: "k",
      by: "lisi",
    } as never;
  };
  const answers = [
    approve.run(asked({ task: "aaaa" })),
    approve.run(asked({ task: "all" })),
    run.run(asked({ line: "disk.show host=vm-1" })),
  ];
  return (await Promise.all(answers)).map((answer) => String(answer).split("\n").at(-1) ?? "");
}

test("who approves or runs something while it is stopped is told that it waits", async () => {
  for (const told of await approving([aStop()], "zh"))
    assert.match(told, /正在急停.*解除后才会执行.*发送 急停/);
  for (const told of await approving([aStop()], "en"))
    assert.match(told, /a stop is in force.*once that is lifted/i);
  const pay = aStop({ scope: { of: "business", name: "pay" } });
  for (const told of await approving([pay], "zh")) assert.doesNotMatch(told, /急停/);
});
