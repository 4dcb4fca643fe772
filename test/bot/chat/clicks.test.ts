import assert from "node:assert/strict";
import { test } from "node:test";
import { handleClick, inputOf } from "../../../bot/chat/index.ts";
import { createAdvancer } from "../../../bot/workers/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { shortId } from "../../../core/ids/index.ts";
import type { InboxPayload } from "../../../core/ports/index.ts";
import { DEFAULT_SETTINGS, type Task } from "../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { aViewing } from "../../core/cards/viewing.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";
import { aClick, aMadeTask, inputs, walk } from "../../support/tasks.ts";
import { countedMetrics } from "../workers/parts.ts";

const click = aClick();

for (const kind of ["approve", "reject", "refresh", "again", "give_up"]) {
  test(`the button ${kind} is the input ${kind}`, () => {
    assert.deepEqual(inputOf(kind, click), { kind, click });
  });
}

test("the button of an offer names the offer", () => {
  assert.deepEqual(inputOf("offer:view-top-10", click), { kind: "offer", click, offer: "view-top-10" });
});

const NONE = [
  ...["", "Approve", "approve ", "offer:", "offer:View", `offer:${"x".repeat(21)}`, "offer:a;b", "offer:a\n"],
  ...["tick", "intend", "withdraw", "card_sent", "constructor", "__proto__", "closed"],
];
for (const button of NONE) {
  test(`the button ${JSON.stringify(button)} is none of ours`, () => {
    assert.equal(inputOf(button, click), null);
  });
}

/** Clicks on the first card of a task while the directory fails; what is then on its way to people. */
async function clickedWhile(error: Error, task: Task, button: string, isKept = true) {
  const clock = movableClock();
  const { tasks, outbox } = openMemoryStore({ clock });
  const common = { clock, log: recordingLog(), metrics: countedMetrics() };
  const stored = { ...task, revision: 1 };
  if (isKept) await tasks.make({ task: stored, outbox: [] });
  const vouch = async () => {
    throw error;
  };
  const deps = {
    ...{
      tasks,
      outbox,
      view: async () => aViewing(),
      directory: { vouch, expand: async () => [], nameOf: async (id: string) => id },
    },
    ...{ delegations: { standsFor: async () => [] }, executor: { get: async () => null } },
    ...{
      rules: () => [],
      clusters: () => [],
      settings: DEFAULT_SETTINGS,
      onStep: () => undefined,
      ...common,
    },
    advancer: createAdvancer({ tasks, ...common }, DEFAULT_SETTINGS),
  };
  const payload: Extract<InboxPayload, { kind: "click" }> = {
    ...{ kind: "click", userId: "zhangsan", cardId: `${task.id}@1`, button, createdAtSeconds: 1 },
  };
  await handleClick(payload, "k1", deps);
  const replies = (await outbox.claim(10, 1_000)).map(({ body }) =>
    body.kind === "reply" ? body.about : body.kind === "answer" ? body.text : "",
  );
  return { replies, state: (await tasks.get(task.id))?.state };
}

const GONE = new ChatOpsError("no such tag", { code: "wecom.unknown_tag", reached: "no" });
const AWAY = new ChatOpsError("no answer", { code: "wecom.timeout", retryable: true });

test("who clicks on a card whose tag is gone from WeCom is told so, and nothing is decided", async () => {
  const asked = walk(aMadeTask(), inputs.cardSent);
  assert.deepEqual(await clickedWhile(GONE, asked, "approve"), {
    replies: ["group_gone"],
    state: "pending_approval",
  });
});

test("who clicks while WeCom's contacts are away is looked up again later", async () => {
  await assert.rejects(clickedWhile(AWAY, walk(aMadeTask(), inputs.cardSent), "approve"), AWAY);
});

test("who clicks on the card of a task that has ended is told so without being looked up", async () => {
  const ended = walk(aMadeTask(), inputs.cardSent, inputs.reject);
  const { replies } = await clickedWhile(AWAY, ended, "approve");
  assert.deepEqual(replies, ["already_decided"]);
});

test("who clicks on the card of a task that is no longer kept is told so", async () => {
  const task = walk(aMadeTask(), inputs.cardSent);
  const { replies } = await clickedWhile(AWAY, task, "approve", false);
  assert.deepEqual(replies, [aViewing().texts.commands.noSuchTask(shortId(task.id))]);
});
