import assert from "node:assert/strict";
import { test } from "node:test";
import { readFrame } from "../../../adapters/aibot/schema.ts";

const frame = (body: Record<string, unknown>) => ({
  headers: { req_id: "r" },
  body: { msgid: "m", ...body },
});
const from = { userid: "zhangsan" };
const clicked = (event: Record<string, unknown>) =>
  frame({ from, chatid: "wrA", chattype: "group", msgtype: "event", event });

const IGNORED: readonly [what: string, given: unknown, reason: string][] = [
  ["nothing", undefined, "malformed"],
  ["a frame without a body", { headers: { req_id: "r" } }, "malformed"],
  ["a message of nobody", frame({ msgtype: "text", text: { content: "x" } }), "malformed"],
  ["a text of another type", frame({ from, msgtype: "text", text: { content: 1 } }), "malformed"],
  ["a picture", frame({ from, msgtype: "image", image: { url: "x" } }), "image"],
  ["feedback", clicked({ eventtype: "feedback_event" }), "feedback_event"],
  ["a click without its card", clicked({ eventtype: "template_card_event" }), "template_card_event"],
];

test("ignores what it cannot use, and says what that was", () => {
  for (const [what, given, reason] of IGNORED) {
    assert.deepEqual(readFrame(given, 0), { outcome: "ignored", what: reason }, what);
  }
});

test("reads a click's payload where it really is, with one choice or several", () => {
  const chosen = (option_id: unknown) =>
    readFrame(
      clicked({
        eventtype: "template_card_event",
        template_card_event: {
          ...{ card_type: "button_interaction", event_key: "approve", task_id: "T@1" },
          selected_items: { selected_item: [{ question_key: "env", option_ids: { option_id } }] },
        },
      }),
      0,
    );
  for (const given of [["prod"], "prod"]) {
    const reading = chosen(given);
    assert.equal(reading.outcome, "incoming");
    const { incoming } = reading as Extract<typeof reading, { outcome: "incoming" }>;
    assert.deepEqual(incoming.kind === "click" && incoming.selected, { env: ["prod"] });
    assert.deepEqual(incoming.kind === "click" && incoming.chat, { kind: "group", chatId: "wrA" });
  }
});

const MENTIONS: readonly [written: string, read: string][] = [
  ["@鲸 任务", "任务"],
  ["@鲸\u2005任务 abc", "任务 abc"],
  ["＠鲸 ex @lisi", "ex @lisi"],
  ["@鲸", ""],
  ["任务 @鲸", "任务 @鲸"],
];

test("takes the mention of the bot away where a group's message begins with it", () => {
  for (const [written, read] of MENTIONS) {
    const reading = readFrame(frame({ from, chatid: "wrA", msgtype: "text", text: { content: written } }), 0);
    assert.equal(
      reading.outcome === "incoming" && reading.incoming.kind === "message" && reading.incoming.text,
      read,
    );
  }
});

test("tells that another connection took its place", () => {
  assert.deepEqual(readFrame(frame({ msgtype: "event", event: { eventtype: "disconnected_event" } }), 0), {
    outcome: "kicked",
  });
});
