import assert from "node:assert/strict";
import { test } from "node:test";
import { createIncoming, type TaskCardDeps, taskCards } from "../../../bot/channels/index.ts";
import type { ButtonsView, CardView } from "../../../core/cards/index.ts";
import { cardId } from "../../../core/ids/index.ts";
import type { BotIncoming, InboxItem } from "../../../core/ports/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { shownAll } from "../../support/secrecy.ts";
import { aMadeTask } from "../../support/tasks.ts";
import { countedMetrics } from "../workers/parts.ts";

const TASK = aMadeTask();
const CLICK = {
  ...{ kind: "click", id: "m1", requestId: "r1", from: "zhangsan", button: "approve" },
  chat: { kind: "group", chatId: "wrOps" },
  cardId: cardId(TASK.id, 1),
  createdAtSeconds: 1,
} as const satisfies BotIncoming;
const KEY = "aibot|click|m1";

/** What the bot hears, of which a click is worked on `seenAfter` looks later. */
function hearing(seenAfter: number, update: () => Promise<"updated" | "too_late"> = async () => "updated") {
  const stored: InboxItem[] = [];
  const shown: CardView[] = [];
  const greeted: string[] = [];
  const metrics = countedMetrics();
  let looks = 0;
  const incoming = createIncoming({
    bot: {
      updateCard: async ({ card }) => {
        shown.push(card);
        return update();
      },
      welcome: async (_, text) => void greeted.push(text),
    },
    inbox: {
      insert: async (item) => {
        stored.push(item);
        return "new";
      },
      isDone: async (key) => key === KEY && looks++ >= seenAfter,
    },
    cards: taskCards({
      tasks: { get: async () => TASK },
      advancer: {} as TaskCardDeps["advancer"],
      view: async () => ({
        ...{ texts: textsOf("zh"), timeZone: "Asia/Shanghai", resultRows: [] },
        plain: (text) => text,
        nameOf: (id) => id,
        shown: shownAll,
      }),
      log: silentLog,
    }),
    ...{ language: "zh", clock: movableClock(), log: silentLog, metrics },
  });
  return { incoming, stored, shown: shown as ButtonsView[], greeted, metrics };
}

test("a click is stored before it is answered, with the card as it then is", async () => {
  const { incoming, stored, shown } = hearing(2);
  await incoming(CLICK);
  const [item] = stored;
  assert.equal(item?.key, KEY);
  assert.deepEqual(item?.payload, {
    ...{ kind: "click", userId: "zhangsan", cardId: CLICK.cardId, button: "approve", createdAtSeconds: 1 },
    bot: { chat: CLICK.chat, requestId: "r1" },
  });
  assert.deepEqual(
    shown[0]?.buttons.map(({ key }) => key),
    ["approve", "reject"],
  );
});

test("a click that is not worked on in time is answered with the word that it was received", async () => {
  const { incoming, shown, metrics } = hearing(Number.POSITIVE_INFINITY);
  await incoming(CLICK);
  assert.equal(shown[0]?.subtitle, "已收到，处理中，结果另发");
  assert.deepEqual(
    shown[0]?.buttons.map(({ key }) => key),
    ["refresh"],
  );
  assert.equal(metrics.counts.get("aibot_updates{outcome=updated_unfinished}"), 1);
});

test("an update that comes too late is counted and loses nothing", async () => {
  const { incoming, stored, metrics } = hearing(0, async () => "too_late");
  await incoming(CLICK);
  assert.equal(stored.length, 1);
  assert.equal(metrics.counts.get("aibot_updates{outcome=too_late}"), 1);
});

test("a card that cannot be changed loses no click", async () => {
  const failing = async () => assert.fail("the connection is gone");
  const { incoming, stored, metrics } = hearing(0, failing);
  await incoming(CLICK);
  assert.equal(stored.length, 1);
  assert.equal(metrics.counts.get("aibot_updates{outcome=failed}"), 1);
});

test("a card that is none of a task is stored and left as it is", async () => {
  const { incoming, stored, shown } = hearing(0);
  await incoming({ ...CLICK, cardId: "somebody-else@1" });
  assert.deepEqual([stored.length, shown.length], [1, 0]);
});

test("who opens the 1:1 chat is told how to begin", async () => {
  const { incoming, stored, greeted } = hearing(0);
  await incoming({ kind: "entered", requestId: "r2", from: "zhangsan" });
  assert.deepEqual([stored.length, greeted[0]?.includes("帮助")], [0, true]);
});
