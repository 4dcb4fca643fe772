import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Asked } from "../../../../bot/chat/command.ts";
import { clusterCommands } from "../../../../bot/chat/commands/clusters.ts";
import { type ClusterSight, healthWords } from "../../../../core/clusters/index.ts";
import type { Language } from "../../../../core/texts/index.ts";
import { aViewing } from "../../../core/cards/viewing.ts";

const AT = "2026-11-27T02:00:00.000Z";
const ILL = healthWords("no_answer", "ECONNREFUSED");
const names: Record<string, string> = { wangwu: "王五" };

async function listed(sight: Partial<ClusterSight>, by: string | null, language: Language): Promise<string> {
  const drains = by === null ? [] : [["hz", { by, at: AT, why: "升级", done: { at: AT, how: "empty" } }]];
  const fleet = {
    sightOf: async () => ({ state: "down", sinceMs: Date.parse(AT), open: 0, ...sight }),
    drains: { current: () => new Map(drains as never) },
  };
  const { clusters } = clusterCommands({
    fleet: fleet as never,
    clusters: () => [{ name: "hz", businesses: ["shop"] }] as never,
    directory: { nameOf: async (id) => names[id] ?? id },
    denied: () => null,
  });
  const asked = { actor: { kind: "local" }, args: {}, viewing: aViewing(language), key: "k", by: "lisi" };
  return String(await clusters.run(asked as unknown as Asked)).split("\n")[1] ?? "";
}

test("what is wrong with a cluster is told in the reader's language alone", async () => {
  assert.match(await listed({ ill: ILL }, null, "zh"), / · 没有应答：ECONNREFUSED · /);
  assert.doesNotMatch(await listed({ ill: ILL }, null, "zh"), /answer/);
  assert.match(await listed({ ill: ILL }, null, "en"), / · it does not answer: ECONNREFUSED · /);
  assert.doesNotMatch(await listed({ ill: ILL }, null, "en"), /应答/);
});

test("a cluster that is drained names who drains it, why, and what is wrong with it besides", async () => {
  const line = await listed({ state: "draining", ill: ILL }, "user:wangwu", "zh");
  assert.match(line, / · 王五 · 升级 · 没有应答：ECONNREFUSED · 已排空 · /);
  assert.match(await listed({ state: "draining" }, "local", "zh"), / · 本机命令行 · 升级 · /);
});

describe("a drain that is to be confirmed tells its deadline and what comes then", () => {
  const cases: [written: string, zh: string[], en: string[]][] = [
    ["hz", [], []],
    ["hz 升级", ["原因 升级"], ["Why 升级"]],
    ["hz 30m wait 升级", ["期限 30m，到期仍然等待", "原因 升级"], ["Until 30m, then wait on", "Why 升级"]],
    ["hz 2h 取消", ["期限 2h，到期取消鲸的执行"], ["Until 2h, then cancel its runs"]],
    ["hz 2h leave", ["期限 2h，到期保留没跑完的"], ["Until 2h, then leave what runs"]],
  ];
  for (const [written, zh, en] of cases) {
    test(written, async () => {
      for (const [language, rows] of [["zh", zh] as const, ["en", en] as const]) {
        const fleet = { drains: { stranding: () => ({ stranded: [], alone: [] }) } };
        const { drain } = clusterCommands({
          ...{ fleet: fleet as never, clusters: () => [{ name: "hz" }] as never, denied: () => null },
          directory: { nameOf: async (id) => id },
        });
        const asked = { args: { text: written }, viewing: aViewing(language) } as unknown as Asked;
        const prepared = await drain.prepare?.(asked);
        assert.ok(prepared?.outcome === "ask");
        assert.deepEqual(
          prepared.facts.rows.map(({ label, value }) => `${label} ${value}`),
          rows,
        );
      }
    });
  }
});
