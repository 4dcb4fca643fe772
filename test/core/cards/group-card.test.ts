import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CARD_CHANNELS, checkCard, renderCardFor } from "../../../adapters/wecom/index.ts";
import { type BatchCard, BOXES_KEY, MAX_BOXES } from "../../../core/batches/index.ts";
import {
  batchCard,
  type CardView,
  chooseCard,
  type GroupTasks,
  groupCard,
  settledGroupCard,
} from "../../../core/cards/index.ts";
import { cardId, shortId } from "../../../core/ids/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { LANGUAGES } from "../../../core/texts/index.ts";
import { aMadeTask } from "../../support/tasks.ts";
import { tricksIn } from "./hostile.ts";
import { aViewing } from "./viewing.ts";

/** So many tasks of one rule, each of a machine of its own. */
function storm(count: number, make: (i: number) => Partial<Task> = () => ({})): GroupTasks {
  const [first, ...others] = Array.from({ length: count }, (_, i) => {
    const host = `vm-${i + 1}`;
    const rendered = { params: { host, paths: ["/tmp"] }, targets: [host] };
    return { ...aMadeTask({ event: { id: `e_${i}`, subject: host }, rendered }), ...make(i) };
  });
  assert.ok(first);
  return [first, ...others];
}

function faults(view: CardView): string[] {
  return CARD_CHANNELS.filter((channel) => channel !== "robot").flatMap((channel) => {
    const fresh = renderCardFor(view, { channel, taskId: cardId("b_1", 1), update: false });
    const update = renderCardFor(view, { channel, taskId: cardId("b_1", 1), update: true });
    const found = [...checkCard(fresh, channel), ...checkCard(update, channel, { update: true })];
    return found.map(({ path, rule }) => `${channel} ${path} ${rule}`);
  });
}

describe("the card of many tasks", () => {
  test("asks for all, none or a choice, and says what is common and what each task is", () => {
    const tasks = storm(3);
    const view = groupCard(tasks, aViewing());
    assert.equal(view.title, "磁盘清理 · 共 3 项");
    assert.deepEqual(
      view.buttons.map(({ key, text }) => `${key} ${text}`),
      ["all 全部批准 3", "none 全部拒绝 3", "choose 选择", "refresh 刷新"],
    );
    assert.deepEqual(view.rows, [
      { label: "操作", value: "disk.cleanup" },
      { label: "目标", value: "vm-1 vm-2 vm-3" },
    ]);
    const entries = tasks.map(({ id }, i) => `${shortId(id)} vm-${i + 1}`);
    assert.equal(view.quote?.text, `共同参数 paths: ["/tmp"]; ${entries.join("; ")}`);
    assert.equal(view.quote?.title, "3 个任务 · 集群 hz-core");
    assert.match(
      view.text,
      /^每项单独执行，可回复“批准 编号”逐项处理 · 送达后 30 分钟内有效，逾期不执行 · 需 1 人批准$/,
    );
  });

  test("shows parameters of its own beside each task", () => {
    const view = groupCard(
      storm(2, (i) => ({ params: { host: `vm-${i + 1}`, percent: 10 * i } })),
      aViewing(),
    );
    assert.match(
      view.quote?.text ?? "",
      /^[a-z2-7]{6} vm-1 \(percent: 0\); [a-z2-7]{6} vm-2 \(percent: 10\)$/,
    );
  });

  test("says how many it has no room to list", () => {
    const view = groupCard(storm(300), aViewing());
    const listed = (view.quote?.text.split("; ").length ?? 0) - 1;
    assert.ok(listed > 5);
    assert.equal(
      view.quote?.title.split(" · ")[0],
      `300 个任务（另有 ${300 - listed} 个未列出，请发送 任务）`,
    );
    assert.match(view.rows[1]?.value ?? "", /^共 300 个：vm-1 vm-2/);
  });

  test("asks on for those that wait, and counts the others", () => {
    const states = ["succeeded", "pending_approval", "running", "rejected"] as const;
    const view = groupCard(
      storm(4, (i) => ({ state: states[i] ?? "held" })),
      aViewing(),
    );
    assert.match(view.text, /1 项待授权 · 已处理 3 个：成功 1 · 已拒绝 1 · 执行中 1/);
    assert.deepEqual(
      view.buttons.map(({ key }) => key),
      ["all", "none", "choose", "refresh"],
    );
    assert.match(view.quote?.text ?? "", /vm-2$/);
    assert.doesNotMatch(view.quote?.text ?? "", /vm-1|vm-3/);
  });

  test("is closed when none waits any more", () => {
    const view = groupCard(
      storm(2, () => ({ state: "approved" })),
      aViewing(),
    );
    assert.equal(view.closed, "已全部处理");
    assert.deepEqual(view.buttons, []);
    assert.deepEqual(
      view,
      settledGroupCard(
        storm(2, () => ({ state: "approved" })),
        aViewing(),
      ),
    );
  });
});

describe("the card of boxes", () => {
  test("has a box for each task, none of them ticked, and one button", () => {
    const tasks = storm(3);
    const view = chooseCard(tasks, aViewing());
    assert.equal(view.boxes.key, BOXES_KEY);
    assert.deepEqual(
      view.boxes.options,
      tasks.map(({ id }, i) => ({ id, text: `${shortId(id)} vm-${i + 1}` })),
    );
    assert.deepEqual(view.boxes.ticked, []);
    assert.deepEqual(view.submit, { key: "chosen", text: "批准所选" });
    assert.equal(view.text, '操作 disk.cleanup · 共同参数 paths: ["/tmp"] · 勾选要批准的，其余仍然待授权');
  });

  test("keeps the end of a long name, by which machines are told apart", () => {
    const tasks = storm(1, () => ({ targets: ["production-web-server-017"] }));
    const [box] = chooseCard(tasks, aViewing()).boxes.options;
    assert.match(box?.text ?? "", /^[a-z2-7]{6} …erver-017$/);
  });
});

describe("the card of a batch", () => {
  const asked: BatchCard = { no: 1, purpose: "ask", recipients: [], sentAtMs: null, codes: [] };
  const done = () => storm(2, () => ({ state: "approved" }));

  test("asks about all of its tasks, or has a box for each that waits", () => {
    const tasks = storm(2, (i) => (i === 0 ? { state: "rejected" } : {}));
    assert.deepEqual(batchCard(asked, tasks, aViewing()), groupCard(tasks, aViewing()));
    const view = batchCard({ ...asked, purpose: "choose", for: "lisi" }, tasks, aViewing());
    assert.ok("boxes" in view);
    assert.deepEqual(
      view.boxes.options.map(({ id }) => id),
      [tasks[1]?.id],
    );
  });

  test("is closed when none of its tasks waits, or none is left", () => {
    for (const purpose of ["ask", "choose"] as const) {
      assert.deepEqual(
        batchCard({ ...asked, purpose }, done(), aViewing()),
        settledGroupCard(done(), aViewing()),
      );
      const gone = batchCard({ ...asked, purpose }, [], aViewing());
      assert.deepEqual(faults(gone), []);
      assert.ok("buttons" in gone && gone.closed === "已全部处理");
    }
  });
});

describe("cards of many tasks are within every channel's limits and hold no markup", () => {
  for (const language of LANGUAGES) {
    test(language, () => {
      const evil = "<@all>\u202e[x](http://evil.example)\n$userName=a$";
      const tasks = storm(MAX_BOXES, () => ({
        ...{
          title: evil.repeat(9),
          targets: [evil.repeat(9)],
          action: `${"p".repeat(40)}.${"a".repeat(60)}`,
        },
        params: { [evil]: evil, common: evil.repeat(20) },
      }));
      const viewing = aViewing(language);
      const views = [groupCard(tasks, viewing), settledGroupCard(tasks, viewing), chooseCard(tasks, viewing)];
      for (const view of views) {
        assert.deepEqual(faults(view), []);
        const shown = JSON.stringify(renderCardFor(view, { channel: "app", update: true }));
        assert.deepEqual(tricksIn(shown.replace(/\],/g, "")), []);
      }
    });
  }
});
