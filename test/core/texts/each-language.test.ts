import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { upgradeWords } from "../../../core/clusters/index.ts";
import { problemWords } from "../../../core/releases/index.ts";
import { eachLanguage } from "../../../core/texts/index.ts";

describe("a text in both languages is told in each", () => {
  const cases: [text: string, zh: string, en: string][] = [
    ["hz 没有 worker (it has no workers)", "hz 没有 worker", "it has no workers"],
    ["没有集群 (there is no cluster) hz", "没有集群 hz", "there is no cluster hz"],
    [
      "这些业务会没有可用的集群 (businesses would have no cluster left): shop pay",
      "这些业务会没有可用的集群: shop pay",
      "businesses would have no cluster left: shop pay",
    ],
    [
      "超时 (it took too long): hz 没有恢复 (it is not back): 0 of 3 (ready)",
      "超时: hz 没有恢复: 0 of 3 (ready)",
      "it took too long: it is not back: 0 of 3 (ready)",
    ],
    [
      "批准之后内容有变，请重新批准 (it has changed since it was approved: please approve anew)",
      "批准之后内容有变，请重新批准",
      "it has changed since it was approved: please approve anew",
    ],
    [
      "hz pack.x: 没有 (absent), 应为 (wanted) 1.2",
      "hz pack.x: 没有, 应为 1.2",
      "hz pack.x: absent, wanted 1.2",
    ],
    ["ErrImagePull (back-off)", "ErrImagePull (back-off)", "ErrImagePull (back-off)"],
    ["正在核对 (1/2)", "正在核对 (1/2)", "正在核对 (1/2)"],
    ["", "", ""],
  ];
  for (const [text, zh, en] of cases) {
    test(text || "none", () => assert.deepEqual(eachLanguage(text), { zh, en }));
  }
});

test("what a person has written is told as it is", () => {
  const said = "user:wangwu: 磁盘满 (disk full)";
  assert.deepEqual(problemWords(said), {
    zh: "wangwu: 磁盘满 (disk full)",
    en: "wangwu: 磁盘满 (disk full)",
  });
  assert.equal(problemWords("user:wangwu 要求中止 (wanted it ended)").zh, "wangwu 要求中止");
  const problem = { stage: "draining" as const, message: "磁盘满 (disk full)" };
  const upgrade = { id: "u_1", clusters: ["hz"], index: 0, before: {}, after: {}, problem };
  const ended = upgradeWords({ ...upgrade, stage: "aborted" } as never);
  assert.match(ended.zh, /磁盘满 \(disk full\)/);
  const message = "没有这个集群 (there is no such cluster): hz";
  const stopped = upgradeWords({ ...upgrade, stage: "stopped", problem: { ...problem, message } } as never);
  assert.match(stopped.zh, /。没有这个集群: hz/);
  assert.match(stopped.en, /\. there is no such cluster: hz/);
});
