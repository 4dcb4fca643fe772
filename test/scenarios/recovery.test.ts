import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  cardClosed,
  cardShows,
  cardsOf,
  click,
  logged,
  message,
  messagesOf,
  openCard,
  openWorld,
  runsOf,
  textOfCard,
  until,
} from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const MINUTE_MS = 60_000;

/** The sender's time, some minutes from now. */
function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * MINUTE_MS).toISOString();
}

describe("the alert recovers", { concurrency: 3 }, () => {
  test("before anybody has answered: the card is withdrawn everywhere, a late click is told why, nothing runs", async (t) => {
    const world = await openWorld(t, { files: drillRule({ onRecovery: "cancel" }) });
    await drill(world, "1", { status: "firing", incident: "a", time: inMinutes(-20) });
    const card = await openCard(world, "演练");
    const copy = await openCard(world, "演练", "lisi");

    // The click is under way while the alert recovers: WeCom delivers it late.
    world.wecom.faults.set({ on: "callback", effect: "delay", ms: 1200 });
    const late = click(world, card, "approve");
    await drill(world, "2", { status: "resolved", incident: "a", ends_at: inMinutes(-5) });

    const verdict = await logged(world, { msg: "rule judged", reason: "recovered" });
    assert.equal((verdict["withdrawn"] as string[]).length, 1);
    assert.equal(await cardClosed(world, card), "已撤回");
    assert.equal(await cardClosed(world, copy), "已撤回");
    assert.match(textOfCard(world, card), /告警已恢复，任务已撤回，没有执行/);
    await message(world, "lisi", "演练", "已撤回", "告警已恢复");
    await late;
    await message(world, "zhangsan", "告警已恢复，任务已撤回，不再执行");

    // An old repeat of what has recovered asks nobody again.
    await drill(world, "3", { status: "firing", incident: "a", time: inMinutes(-20) });
    await logged(world, { msg: "rule judged", reason: "late" });
    // It comes back: that is a new question.
    await drill(world, "4", { status: "firing", incident: "a", time: inMinutes(-1) });
    await until(world, "the second card", () => cardsOf(world, "zhangsan", "演练").length === 2);
    assert.equal(messagesOf(world, "lisi").filter((text) => text.includes("已撤回")).length, 1);
    assert.equal(world.stackstorm.rows().length, 0);
  });

  test("while the card is kept by its rule: it can still be approved", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1", { status: "firing", incident: "a" });
    const card = await openCard(world, "演练");
    await drill(world, "2", { status: "resolved", incident: "a" });
    await logged(world, { msg: "rule judged", reason: "not_firing" });
    await click(world, card, "approve");
    assert.equal(await cardClosed(world, card), "成功");
  });

  test("after the start: the run goes on and its end is told", async (t) => {
    const rule = { onRecovery: "cancel", action: "core.wait", params: { seconds: 0.8 } };
    const world = await openWorld(t, { files: drillRule(rule) });
    await drill(world, "1", { status: "firing", incident: "a" });
    const card = await openCard(world, "演练");
    await click(world, card, "approve");
    await until(world, "the run to run", () => runsOf(world, "core.wait")[0]?.status === "running");
    await cardShows(world, card, "已批准");
    await drill(world, "2", { status: "resolved", incident: "a" });
    await logged(world, { msg: "rule judged", reason: "not_firing" });
    assert.equal(await cardClosed(world, card), "成功");
  });

  test("before its alert arrives: the late alert asks nobody", async (t) => {
    const world = await openWorld(t, { files: drillRule({ onRecovery: "cancel" }) });
    await drill(world, "1", { status: "resolved", incident: "a", ends_at: inMinutes(-5) });
    await drill(world, "2", { status: "firing", incident: "a", time: inMinutes(-20) });
    await logged(world, { msg: "rule judged", reason: "late" });
    assert.equal(cardsOf(world, "zhangsan", "演练").length, 0);
  });
});
