import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkCard, renderCard } from "../../../adapters/wecom/index.ts";
import { type PeopleApproval, shortApproval } from "../../../core/approvals/index.ts";
import {
  type CardView,
  chooseCard,
  groupCard,
  settledGroupCard,
  taskCard,
} from "../../../core/cards/index.ts";
import { cardId } from "../../../core/ids/index.ts";
import { type CardRecord, TASK_STATES, type Task } from "../../../core/tasks/index.ts";
import { LANGUAGES, type Texts, textsOf } from "../../../core/texts/index.ts";
import { aMadeTask, anExecution, inputs, walk } from "../../support/tasks.ts";
import { aViewing } from "../cards/viewing.ts";

/** Every text of a language by its path; a text that is made of values is a function. */
function entriesOf(value: unknown, path = ""): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => entriesOf(item, `${path}.${key}`));
}

describe("the catalogue", () => {
  const kinds = (texts: Texts) => {
    return entriesOf(texts).map(([path, value]) => {
      const arity = typeof value === "function" ? value.length : "";
      return `${path} ${typeof value} ${arity}`.trim();
    });
  };

  for (const language of LANGUAGES) {
    test(`has the same texts, made of as many values, in ${language} as in any other`, () => {
      assert.deepEqual(kinds(textsOf(language)).sort(), kinds(textsOf("zh")).sort());
    });

    test(`has only texts in ${language}`, () => {
      for (const [path, value] of entriesOf(textsOf(language))) {
        assert.ok(typeof value === "string" || typeof value === "function", path);
        if (typeof value === "string") assert.notEqual(value.trim(), "", path);
      }
    });

    test(`speaks ${language} on cards`, () => {
      const { cards, states, buttons, labels } = textsOf(language);
      const words = entriesOf({ cards, states, buttons, labels }).filter(
        ([, value]) => typeof value === "string",
      );
      const chinese = /\p{Script=Han}/u;
      for (const [path, value] of words) {
        if (path === ".labels.id") continue;
        assert.equal(chinese.test(String(value)), language === "zh", `${path}: ${String(value)}`);
      }
    });
  }
});

const LONG = {
  name: "司马相如（华东一区运维值班）",
  host: "prod-shanghai-zone-a-kubernetes-worker-node-0137",
  action: "kubernetes_operations.rollout_restart_deployment_with_checks",
  rule: "生产环境数据库主从延迟过高自动切换只读流量",
  cluster: "shanghai-production-core-1",
};

/** A task whose every value is as long as people plausibly make it. */
function longTask(state: Task["state"]): Task {
  const groups = ["数据库管理员", "业务负责人", "安全值班"].map((name, i) => {
    return { name, from: { tag: `tag-${i}` }, need: 2 };
  });
  const approval: PeopleApproval = {
    ...shortApproval({ from: {}, need: 1, timeoutMs: 36_000_000, onTimeout: "reject" }),
    groups,
    reject: "majority",
    reason: "always",
  };
  const offers = ["查看慢查询日志", "查看复制状态", "查看连接数", "查看磁盘"].map((title, i) => {
    return { id: `o${i}`, title, action: LONG.action, params: {}, approval };
  });
  const rendered = {
    rows: Array.from({ length: 6 }, (_, i) => ({ label: `指标${i}`, value: LONG.host })),
    ...{
      targets: [LONG.host, LONG.host],
      params: { host: LONG.host, deployment: LONG.action, reason: LONG.rule },
    },
    ...{ offers, text: LONG.rule.repeat(4), clusters: [LONG.cluster, LONG.cluster] },
  };
  const made = aMadeTask({
    event: { title: LONG.rule.repeat(2), subject: LONG.host },
    rule: { approval },
    rendered,
  });
  const sent = walk(made, inputs.cardSent);
  const execution = {
    ...anExecution("running"),
    startedAt: "2026-11-01T00:00:00Z",
    elapsedSeconds: 86_399.9,
  };
  const candidates = ["a", "b", "c"].map((id) => ({ ...execution, id: `6740a1b2c3d4e5f60718293${id}` }));
  const decision = {
    verdict: "reject" as const,
    ...{ by: "lisi", onBehalfOf: "zhangsan", atMs: 1, hash: sent.hash, round: sent.round },
    ...{ clickKey: "k", groups: ["数据库管理员"], reason: LONG.rule },
  } as const;
  const { title, action } = { title: LONG.rule, action: LONG.action };
  const origin = { kind: "replay", replay: "r_1", by: "lisi" } as const;
  return {
    ...{ ...sent, state, title, action, execution, candidates, origin, coalesced: 9999, message: LONG.rule },
    ...{ decisions: [decision], reason: "start_too_late" as const, attempts: ["a", "b"] },
  };
}

function faults(view: CardView): string[] {
  const fresh = checkCard(renderCard(view, cardId("t_1", 1)), "app");
  const update = checkCard(renderCard(view), "app", { update: true });
  return [...fresh, ...update].map(({ path, rule }) => `${path} ${rule}`);
}

describe("with the longest plausible values", () => {
  for (const language of LANGUAGES) {
    const resultRows = ["清理前", "清理后"].map((label) => ({ label, value: LONG.host }));
    const linkOf = () => `https://whale.example/tasks/t_${"a".repeat(52)}`;
    const viewing = aViewing(language, { nameOf: () => LONG.name, resultRows, linkOf });

    test(`every state's card fits, and ends with its id, in ${language}`, () => {
      for (const state of TASK_STATES) {
        for (const purpose of ["approval", "unknown"] as const) {
          const task = longTask(state);
          const record: CardRecord = { ...(task.cards[0] as CardRecord), purpose };
          const view = taskCard(task, record, viewing);
          assert.deepEqual(faults(view), [], state);
          assert.match(view.text, /[a-z2-7]{6}$/, state);
        }
      }
    });

    test(`cards of many tasks fit in ${language}`, () => {
      const many = Array.from({ length: 19 }, (_, i) => ({ ...longTask("pending_approval"), id: `t_${i}` }));
      const tasks = [longTask("pending_approval"), ...many] as const;
      const views = [groupCard(tasks, viewing), settledGroupCard(tasks, viewing), chooseCard(tasks, viewing)];
      for (const view of views) assert.deepEqual(faults(view), []);
    });

    test(`what cards say in fixed words is never cut in ${language}`, () => {
      const { cards, buttons, labels, states, batch, choices } = textsOf(language);
      const sizes: [string, number][] = [
        ...Object.values(buttons).map((one): [string, number] => [one, 10]),
        ...[batch.all(500), batch.none(500), batch.choose, batch.chosen, cards.details, choices.submit].map(
          (one): [string, number] => [one, 10],
        ),
        ...[labels.action, labels.target, labels.candidate, cards.asker].map((one): [string, number] => [
          one,
          5,
        ]),
        ...Object.values(states).map((one): [string, number] => [one, 30]),
        [choices.none, 10],
        [choices.decision, 16],
        [batch.closed, 10],
        [cards.boundInPart({ clusters: LONG.cluster, id: "abc123" }), 80],
        [cards.machine, 26],
      ];
      for (const [text, size] of sizes) assert.ok([...text].length <= size, `${text} is longer than ${size}`);
    });
  }
});
