import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checkCard, renderCard } from "../../../adapters/wecom/index.ts";
import { type PeopleApproval, shortApproval } from "../../../core/approvals/index.ts";
import {
  type ButtonsView,
  type CardView,
  clockTime,
  reportText,
  taskCard,
  type Viewing,
} from "../../../core/cards/index.ts";
import { cardId } from "../../../core/ids/index.ts";
import {
  type CardRecord,
  isTerminal,
  startByMs,
  TASK_STATES,
  type Task,
  type TaskInput,
  type TaskState,
} from "../../../core/tasks/index.ts";
import { LANGUAGES } from "../../../core/texts/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, anExecution, aStop, entitledFor, inputs, walk } from "../../support/tasks.ts";
import { aViewing } from "./viewing.ts";

const OFFERS = ["view", "top", "more"].map((id) => ({
  ...{ id, title: `查看 ${id}`, action: "disk.show", params: {} },
  approval: shortApproval({ from: {}, need: 1, timeoutMs: 1000, onTimeout: "reject" }),
}));
const ROWS = ["主机", "挂载点", "使用率", "将清理"].map((label) => ({ label, value: `${label}的值` }));

function asking(overrides: Partial<Task> = {}): Task {
  const task = walk(
    aMadeTask({ rendered: { rows: ROWS, offers: OFFERS, text: "日志一行" } }),
    inputs.cardSent,
  );
  return { ...task, ...overrides };
}

function card(task: Task, purpose: CardRecord["purpose"] = "approval"): CardRecord {
  const first = task.cards[0];
  if (!first) throw new Error("the task has no card");
  return { ...first, purpose };
}

/** The same task as it may stand in a state, with everything that a card can show. */
function inState(state: TaskState): Task {
  const approved = walk(asking(), inputs.approve, inputs.intend, inputs.started);
  const message = 'Action "disk.nosuch" cannot be found.';
  const hold = { stop: aStop({ why: "断电".repeat(100) }), sinceMs: START_MS };
  return { ...approved, state, reason: "start_refused", message, hold };
}

/** The card of a task that has buttons, or none any more. */
function buttonsCard(task: Task, record: CardRecord, viewing: Viewing): ButtonsView {
  const view = taskCard(task, record, viewing);
  assert.ok("buttons" in view);
  return view;
}

/** Everything that WeCom would refuse or cut about a card, sent new and as an update. */
function faults(view: CardView, task: Task): string[] {
  const fresh = checkCard(renderCard(view, cardId(task.id, 1)), "app", { update: false });
  const update = checkCard(renderCard(view), "app", { update: true });
  return [...fresh, ...update].map(({ path, rule }) => `${path} ${rule}`);
}

describe("every state's card is within WeCom's limits", () => {
  for (const language of LANGUAGES) {
    for (const state of TASK_STATES) {
      test(`${state} in ${language}`, () => {
        const task = inState(state);
        const rows = ["清理前", "清理后", "已删除", "释放"].map((label) => ({
          label,
          value: "x".repeat(80),
        }));
        for (const purpose of ["approval", "escalation", "unknown"] as const) {
          const view = buttonsCard(task, card(task, purpose), aViewing(language, { resultRows: rows }));
          assert.deepEqual(faults(view, task), []);
          assert.equal(view.closed !== undefined, isTerminal(state));
          assert.equal(view.buttons.length > 0, !isTerminal(state));
        }
      });
    }
  }
});

test("the card of a held task says what is stopped, by whom since when, and what becomes of it", () => {
  const held = walk(asking(), inputs.approve, () => ({ kind: "hold", stop: aStop() }));
  const stopped = clockTime(START_MS - 60_000, "Asia/Shanghai");
  const until = clockTime(startByMs(held), "Asia/Shanghai");
  const zh = buttonsCard(held, card(held), aViewing("zh"));
  assert.match(zh.subtitle, /张三 已批准 · 暂缓/);
  assert.match(
    zh.text,
    new RegExp(`急停（全部），王五 ${stopped} 起 · ${until} 前解除会自动启动，逾期不执行`),
  );
  assert.match(zh.text, /机房断电/);
  const en = buttonsCard(held, card(held), aViewing("en"));
  assert.match(en.text, new RegExp(`stopped \\(everything\\) by 王五 since ${stopped} · starts by itself`));
});

test("the card of an approved task that no cluster can take says what it waits for", () => {
  const waits = { ...walk(asking(), inputs.approve), reason: "clusters_full" as const };
  const { texts } = aViewing("zh");
  assert.ok(
    buttonsCard(waits, card(waits), aViewing("zh")).text.includes(texts.reasons.clusters_full ?? "?"),
  );
});

const HOSTILE = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.constantFrom(
    "\u202eevil\u202c",
    "a\nb\r\nc",
    "<@all>",
    "\ud800",
    "​",
    "[x](http://evil.example)",
    "字".repeat(500),
    "👩‍👩‍👧‍👦".repeat(60),
    " ".repeat(5000),
    "",
  ),
);

test("whatever an event says, the card is within WeCom's limits and shows who may decide what", () => {
  const texts = fc.record({
    title: HOSTILE,
    subject: HOSTILE,
    line: HOSTILE,
    value: HOSTILE,
    target: HOSTILE,
  });
  fc.assert(
    fc.property(texts, fc.constantFrom(...LANGUAGES), ({ title, subject, line, value, target }, language) => {
      const rendered = {
        ...{ rows: [{ label: "行", value }], offers: OFFERS, text: line },
        ...{ targets: [target], params: { note: value } },
      };
      const task = walk(aMadeTask({ event: { title, subject }, rendered }), inputs.cardSent);
      const view = buttonsCard(task, card(task), aViewing(language));
      assert.deepEqual(faults(view, task), []);
      const wecom = renderCard(view);
      assert.ok(wecom.card_type === "button_interaction");
      const shown = wecom.sub_title_text ?? "";
      assert.ok(shown.includes(aViewing(language).texts.labels.id), shown);
      assert.match(shown, language === "zh" ? /逾期不执行 · 需 1 人批准/ : /silence means no · needs 1/);
      assert.deepEqual(
        view.buttons.map(({ key }) => key),
        ["approve", "reject", "offer:view", "offer:top", "offer:more"],
      );
    }),
    { numRuns: 200 },
  );
});

describe("the card that asks", () => {
  test("shows the action, the targets, the parameters, who is needed and until when", () => {
    const view = buttonsCard(asking(), card(asking()), aViewing());
    assert.equal(view.title, "磁盘清理 · vm-1");
    const replayed = aMadeTask({ origin: { kind: "replay", replay: "r_1", by: null } });
    assert.equal(buttonsCard(replayed, card(replayed), aViewing()).title, "重放 · 磁盘清理 · vm-1");
    assert.equal(buttonsCard(replayed, card(replayed), aViewing("en")).title, "Replay · 磁盘清理 · vm-1");
    assert.equal(view.source, "鲸 · shop");
    assert.deepEqual(view.rows.slice(-2), [
      { label: "操作", value: "disk.cleanup" },
      { label: "目标", value: "vm-1" },
    ]);
    assert.equal(view.rows.length, 6);
    assert.deepEqual(view.quote, { title: "参数 · 集群 hz-core", text: "host: vm-1" });
    // Asked at 08:00:01 in Shanghai, for 30 minutes.
    assert.match(view.text, /^日志一行 · 11\/01 08:30 前有效，逾期不执行 · 需 1 人批准 · 编号 [a-z2-7]{6}$/);
    assert.equal(view.closed, undefined);
  });

  test("says how bad it is in words, not only by colour", () => {
    const told = (["critical", "major", "warning", "info", "unknown"] as const).map((severity) => {
      const task = asking({ event: { ...asking().event, severity } });
      const { tone, subtitle } = buttonsCard(task, card(task), aViewing());
      return [tone, subtitle.split(" · ")[0]];
    });
    assert.deepEqual(told, [
      ["danger", "紧急"],
      ["danger", "严重"],
      ["primary", "警告"],
      ["primary", "提示"],
      ["primary", "级别未知"],
    ]);
  });

  test("names whoever asked, where it was not a rule by itself", () => {
    const offered = asking({ origin: { kind: "offer", parentTask: "t_1", offer: "view", by: "lisi" } });
    assert.deepEqual(buttonsCard(offered, card(offered), aViewing()).rows.at(-3), {
      ...{ label: "发起人", value: "李四" },
    });
    const machine = asking({ origin: { kind: "replay", replay: "r_1", by: null } });
    assert.equal(buttonsCard(machine, card(machine), aViewing("en")).rows.at(-3)?.value, "the command line");
  });

  test("shows whole what a row cannot hold: a long action, and many targets", () => {
    const targets = Array.from({ length: 12 }, (_, i) => `prod-vm-${i}`);
    const action = "kubernetes.rollout_restart_deployment";
    const view = buttonsCard(asking({ action, targets }), card(asking()), aViewing());
    assert.match(view.rows.at(-1)?.value ?? "", /^共 12 个：prod-vm-0/);
    assert.equal(view.quote?.text, `${action}; ${targets.join(" ")}; host: vm-1`);
  });

  test("says that parameters are cut, and how to see all", () => {
    const task = asking({ params: { a: "字".repeat(500) } });
    const title = (language: "zh" | "en") => buttonsCard(task, card(task), aViewing(language)).quote?.title;
    assert.match(title("zh") ?? "", /^参数（未显示完，请发送 任务 [a-z2-7]{6}）· 集群 hz-core$/);
    assert.match(title("en") ?? "", /^Parameters \(cut; send task [a-z2-7]{6}\) · cluster hz-core$/);
  });

  test("says where one rejection does not end it", () => {
    const approval = { ...asking().approval, reject: "majority" } as PeopleApproval;
    assert.match(buttonsCard(asking({ approval }), card(asking()), aViewing()).text, /多数拒绝才不执行/);
  });

  test("leads to the task's page where there is one", () => {
    const linkOf = (id: string) => `https://whale.example/tasks/${id}`;
    const view = buttonsCard(asking(), card(asking()), aViewing("zh", { linkOf }));
    const url = linkOf(asking().id);
    assert.equal(view.link, url);
    assert.deepEqual(view.links, [{ text: "查看详情", url }]);
    assert.deepEqual(faults(view, asking()), []);
    const none = buttonsCard(asking(), card(asking()), aViewing("zh", { linkOf: () => null }));
    assert.equal("link" in none || "links" in none, false);
  });

  test("tells how long it lasts while WeCom has not taken it", () => {
    const task = aMadeTask();
    assert.match(buttonsCard(task, card(task), aViewing()).text, /送达后 30 分钟内有效/);
    assert.match(buttonsCard(task, card(task), aViewing("en")).text, /valid for 30 min from arrival/);
  });

  test("always shows action and targets, whatever rows the rule has", () => {
    const rows = Array.from({ length: 9 }, (_, i) => ({ label: `行${i}`, value: "x" }));
    const view = buttonsCard(asking({ cardRows: rows }), card(asking()), aViewing());
    assert.deepEqual(
      view.rows.map(({ label }) => label),
      ["行0", "行1", "行2", "行3", "操作", "目标"],
    );
  });

  test("names those who have approved already", () => {
    const approval = shortApproval({
      from: { tag: "x" },
      need: 2,
      timeoutMs: 60_000,
      onTimeout: "reject",
    });
    const task = walk(aMadeTask({ rule: { approval } }), inputs.cardSent, inputs.approve);
    assert.match(buttonsCard(task, card(task), aViewing()).text, /需 2 人批准，已批准：张三/);
  });

  test("says of which groups how many must approve and still must, and who rejected with which reason", () => {
    const group = (name: string) => ({ name, from: { tag: name }, need: 1 });
    const approval: PeopleApproval = {
      ...shortApproval({ from: { tag: "x" }, need: 1, timeoutMs: 60_000, onTimeout: "reject" }),
      ...{ groups: [group("DBA"), group("负责人")], reject: "majority", reason: "reject" },
    };
    const approve = (): TaskInput => ({
      kind: "approve",
      click: aClick({ entitlement: entitledFor("DBA") }),
    });
    const asked = walk(aMadeTask({ rule: { approval } }), inputs.cardSent, approve);
    const text = "需 1 位 DBA 和 1 位负责人批准，还需 1 位负责人，已批准：张三，拒绝须写原因";
    assert.ok(buttonsCard(asked, card(asked), aViewing()).text.includes(text));
    const english = "needs 1 DBA and 1 负责人, still 1 负责人, approved by 张三, a rejection needs a reason";
    assert.ok(buttonsCard(asked, card(asked), aViewing("en")).text.includes(english));
    const reject = (): TaskInput => ({ kind: "reject", click: aClick({ by: "lisi" }) });
    const told = {
      kind: "reason",
      by: "lisi",
      entitlement: entitledFor("DBA"),
      text: "迁移中",
      key: "m",
    } as const;
    const rejected = walk(asked, reject, () => told);
    assert.match(buttonsCard(rejected, card(rejected), aViewing()).text, /已拒绝：李四（迁移中）/);
  });

  test("ends with the task's id, however much there is to say before", () => {
    const group = (no: number) => ({ name: `很长的名字${no}`.repeat(4), from: { tag: "x" }, need: 9 });
    const groups = [1, 2, 3, 4, 5].map(group);
    const approval = { ...shortApproval({ from: {}, need: 1, timeoutMs: 1, onTimeout: "reject" }), groups };
    const task = aMadeTask({ rule: { approval }, rendered: { text: "日志".repeat(200) } });
    const { text } = buttonsCard(task, card(task), aViewing());
    assert.match(text, /编号 [a-z2-7]{6}$/);
    assert.ok([...text].length <= 160, text);
  });

  test("shortens a long reason, which the report tells whole", () => {
    const reason = "因为主机正在迁移".repeat(20);
    const decisions = asking().decisions;
    const [first] = walk(aMadeTask(), inputs.cardSent, inputs.reject).decisions;
    assert.ok(first);
    const task: Task = { ...asking(), state: "rejected", decisions: [...decisions, { ...first, reason }] };
    assert.match(buttonsCard(task, card(task), aViewing()).subtitle, /^张三（因为.{1,30}…） 已拒绝/);
    assert.ok(reportText(task, { ...aViewing(), plain: (text) => text }).includes(reason));
  });

  test("a text among the parameters cannot look like another parameter", () => {
    const params = {
      host: 'vm-1; paths: ["/"]',
      note: "a\nforce: true",
      count: 3,
      mode: "fast",
      who: "张三",
    };
    const view = buttonsCard(asking({ params }), card(asking()), aViewing());
    const shown = 'host: "vm-1; paths: [\\"/\\"]"; note: "a\\nforce: true"; count: 3; mode: fast; who: 张三';
    assert.equal(view.quote?.text, shown);
  });

  test("parameters that are too long end with a mark", () => {
    const view = buttonsCard(asking({ params: { a: "字".repeat(500) } }), card(asking()), aViewing());
    assert.equal([...(view.quote?.text ?? "")].length, 240);
    assert.match(view.quote?.text ?? "", /…$/);
  });

  test("says for how many more alerts it stands, where the rule coalesces", () => {
    const one = buttonsCard(asking({ coalesced: 0 }), card(asking()), aViewing());
    const many = buttonsCard(asking({ coalesced: 41 }), card(asking()), aViewing());
    assert.doesNotMatch(one.text, /另有/);
    assert.match(many.text, / · 另有 41 条 · 编号 [a-z2-7]{6}$/);
  });

  test("a long text of the event leaves room for until when, how many and the number", () => {
    const view = buttonsCard(asking({ cardText: "长".repeat(400) }), card(asking()), aViewing());
    assert.ok([...view.text].length <= 160);
    assert.match(view.text, /^长+… · 11\/01 08:30 前有效，逾期不执行 · 需 1 人批准 · 编号 [a-z2-7]{6}$/);
  });
});

describe("the card of a run", () => {
  test("says who approved and what happens, and offers a refresh alone", () => {
    const task = walk(asking(), inputs.approve, inputs.intend, inputs.started);
    const view = buttonsCard(task, card(task), aViewing());
    assert.equal(view.subtitle, "张三 已批准 · 执行中 (requested)");
    assert.deepEqual(
      view.buttons.map(({ key }) => key),
      ["refresh"],
    );
    assert.equal(view.quote, undefined);
  });

  test("says since when it runs, which run it is, and what was asked of it", () => {
    const task = walk(asking(), inputs.approve, inputs.intend, inputs.started);
    const execution = { ...anExecution("running"), startedAt: "2026-11-01T00:03:00Z" };
    const control = { what: "cancel", key: "k", by: "lisi", askedAtMs: 1, untilMs: 2, tries: 0 } as const;
    const view = buttonsCard({ ...task, execution, attempts: ["a"], control }, card(task), aViewing());
    assert.match(view.text, /^11\/01 08:03 开始 · 第 2 次执行 · 已要求取消，等待确认 · /);
    const strange = { ...task, execution: { ...execution, startedAt: "soon" } };
    assert.match(buttonsCard(strange, card(task), aViewing()).text, /^磁盘使用率过高/);
  });

  test("says how far it is for who asks, as far as that is known", () => {
    const task = walk(asking(), inputs.approve, inputs.intend, inputs.started);
    const progress = { total: 8, done: 3, running: 4, failed: 1, current: ["disk.scan"], isWhole: true };
    const told = (isWhole: boolean) =>
      buttonsCard(task, card(task), { ...aViewing(), progress: { ...progress, isWhole } }).text;
    assert.match(told(true), /^共 8 个子任务，完成 3，失败 1，进行中 4 \(disk\.scan\) · /);
    assert.match(told(false), /^至少 8 个子任务/);
    assert.doesNotMatch(buttonsCard(task, card(task), { ...aViewing(), progress: null }).text, /子任务/);
  });

  test("says that it starts while it waits for that", () => {
    const task = walk(asking(), inputs.approve);
    assert.equal(buttonsCard(task, card(task), aViewing("en")).subtitle, "approved by 张三 · starting");
  });
});

describe("the closed card", () => {
  const done = (): Task => {
    const running = walk(asking(), inputs.approve, inputs.intend, inputs.started);
    const execution = { ...anExecution("succeeded"), elapsedSeconds: 3.14 };
    return walk(running, () => ({ kind: "news", execution }));
  };

  test("shows the result first, then what ran on what", () => {
    const resultRows = [{ label: "清理后", value: "43%" }];
    const view = buttonsCard(done(), card(done()), aViewing("zh", { resultRows }));
    assert.equal(view.closed, "成功");
    assert.equal(view.tone, "good");
    assert.equal(view.subtitle, "张三 已批准 · 成功 · 3.1 s");
    assert.deepEqual(
      view.rows.map(({ label }) => label),
      ["清理后", "主机", "挂载点", "使用率", "操作", "目标"],
    );
    assert.deepEqual(view.buttons, []);
  });

  const ENDS: [name: string, task: () => Task, closed: string, says: RegExp][] = [
    ["rejected", () => walk(asking(), inputs.reject), "已拒绝", /授权人拒绝/],
    [
      "refused by StackStorm",
      () =>
        walk(asking(), inputs.approve, inputs.intend, (task) => ({
          ...{ kind: "start_answer", requestId: task.start?.requestId ?? "" },
          answer: { outcome: "refused", message: "no such action" },
        })),
      "未执行",
      /StackStorm 拒绝启动: no such action/,
    ],
    ["withdrawn", () => walk(asking(), () => ({ kind: "withdraw" })), "已撤回", /告警已恢复/],
    [
      "gone",
      () => walk(asking(), inputs.approve, inputs.intend, inputs.started, () => ({ kind: "gone" })),
      "已中断",
      /找不到该执行/,
    ],
  ];
  for (const [name, make, closed, says] of ENDS) {
    test(`of a task that was ${name} says so and why`, () => {
      const task = make();
      const view = buttonsCard(task, card(task), aViewing());
      assert.equal(view.closed, closed);
      assert.match(view.text, says);
      assert.match(view.text, /编号 [a-z2-7]{6}$/);
    });
  }

  test("names who rejected, not who approved before", () => {
    const task = walk(asking(), inputs.reject);
    assert.match(buttonsCard(task, card(task), aViewing()).subtitle, /^张三 已拒绝$/);
  });

  test("of a policy's task names the policy", () => {
    const policy = {
      ...{ id: "read-only", actions: ["disk.show"], mode: "auto" as const, approvedBy: "wangwu" },
      ...{ approvedAt: "2026-01-01", expires: "2027-01-01", digest: "d" },
    };
    const task = { ...done(), approval: { mode: "policy" as const, policy } };
    assert.match(buttonsCard(task, card(task), aViewing()).subtitle, /^按策略 read-only 执行/);
  });
});

describe("the card about a start that cannot be found", () => {
  const unknown = (): Task =>
    ({ ...walk(asking(), inputs.approve, inputs.intend, inputs.lost), state: "unknown" }) as Task;

  test("asks with its own three buttons and names the request as people can compare it", () => {
    const view = buttonsCard(unknown(), card(unknown(), "unknown"), aViewing());
    assert.deepEqual(
      view.buttons.map(({ key }) => key),
      ["again", "give_up", "refresh"],
    );
    assert.match(view.text, /请求编号 [a-z2-7]{6}-1 · 编号 [a-z2-7]{6}$/);
    assert.equal(view.tone, "danger");
  });

  test("names what it is about, what could be it, and what would run again", () => {
    const candidates = ["a", "b", "c"].map((id) => ({ ...anExecution("running"), id: `id-00000${id}` }));
    const view = buttonsCard({ ...unknown(), candidates }, card(unknown(), "unknown"), aViewing());
    assert.equal(view.title, "无法确认是否已启动 · 磁盘清理 · vm-1");
    assert.deepEqual(
      view.rows.map(({ label }) => label),
      ["疑似", "疑似", "疑似", "主机", "操作", "目标"],
    );
  });

  test("leaves the first card with a refresh", () => {
    const view = buttonsCard(unknown(), card(unknown()), aViewing());
    assert.deepEqual(
      view.buttons.map(({ key }) => key),
      ["refresh"],
    );
    assert.match(view.subtitle, /无法确认/);
  });

  test("becomes a plain card as soon as it is settled", () => {
    const task = { ...unknown(), state: "running" as const };
    const view = buttonsCard(task, card(task, "unknown"), aViewing());
    assert.deepEqual(
      view.buttons.map(({ key }) => key),
      ["refresh"],
    );
  });
});

test("a megabyte of blanks in an event's words does not hold up whoever draws the card", () => {
  const blanks = `${" ".repeat(500_000)}x${"\t \n".repeat(200_000)}`;
  const task = asking({ cardText: blanks, title: blanks, params: { note: blanks } });
  const view = buttonsCard(
    { ...task, event: { ...task.event, title: blanks, subject: blanks } },
    card(task),
    aViewing(),
  );
  assert.deepEqual(faults(view, task), []);
});

test("times are those of the zone", () => {
  const task = asking({ deadlineAtMs: START_MS });
  assert.match(
    buttonsCard(task, card(task), aViewing("zh", { timeZone: "Europe/Berlin" })).text,
    /11\/01 01:00 前有效/,
  );
});
