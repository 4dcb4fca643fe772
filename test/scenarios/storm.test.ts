import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clickXml, sendCallback } from "../bot/http/callbacks.ts";
import { logged, messagesOf, openWorld, until, type World } from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const ALERTS = 30;
/** So many messages a minute that most of the cards find no room. */
const NARROW = { WECOM_MEMBER_PER_MINUTE: "10" };

/** Many alerts of one rule for the same people; gives the card that most of them share. */
async function storm(world: World): Promise<string> {
  for (let n = 0; n < ALERTS; n++) await drill(world, `storm-${n}`, { detail: { host: `h${n}` } });
  await until(world, "all to be judged", () => {
    return (
      world.lines.filter(({ msg, outcome }) => msg === "rule judged" && outcome === "fired").length === ALERTS
    );
  });
  // What there is no room for is gathered for ten seconds.
  await until(world, "cards that wait", async () => ((await depth(world))["waiting_card"] ?? 0) > 0);
  world.jump(11_000);
  const shared = await until(world, "the card of a batch", () => {
    const chat = world.wecom.chats()["zhangsan"] ?? [];
    return chat.flatMap((item) =>
      item.kind === "card" && item.card.taskId?.startsWith("b_") ? item.card.taskId : [],
    )[0];
  });
  // There is room again for what is answered.
  world.jump(120_000);
  return shared;
}

async function depth(world: World): Promise<Record<string, number>> {
  const answer = (await (await fetch(`${world.url()}/readyz`)).json()) as { outbox: Record<string, number> };
  return answer.outbox;
}

const hosts = (world: World) => world.stackstorm.rows().length;

describe("a storm of alerts for the same people", { concurrency: 2 }, () => {
  test("is approved with one click on the card that they share, and each runs once", async (t) => {
    const world = await openWorld(t, { files: drillRule(), env: NARROW });
    const cardId = await storm(world);
    const shown = world.wecom.chats()["zhangsan"]?.filter(({ kind }) => kind === "card").length ?? 0;
    assert.ok(shown < ALERTS, `${shown} cards`);
    const members = ALERTS - (shown - 1);
    await world.wecom.click("zhangsan", cardId, "all");
    await until(world, "all of the card to have run", () => hosts(world) === members);
    await until(world, "the answer", () =>
      messagesOf(world, "zhangsan").some((text) => text.includes(`已批准 ${members} 项`)),
    );
    await until(world, "the card to be closed", () => {
      const chat = world.wecom.chats()["zhangsan"] ?? [];
      return chat.some(
        (item) =>
          item.kind === "card" &&
          item.card.taskId === cardId &&
          item.card.title.includes(`共 ${members} 项`) &&
          item.card.greyed !== null,
      );
    });
  });

  test("is approved in part by ticking, and the others go on waiting", async (t) => {
    const world = await openWorld(t, { files: drillRule(), env: NARROW });
    const cardId = await storm(world);
    await world.wecom.click("zhangsan", cardId, "choose");
    const asked = cardId.replace(/@1$/, "@2");
    const boxes = await until(world, "a card with boxes", () => {
      const chat = world.wecom.chats()["zhangsan"] ?? [];
      const card = chat.flatMap((item) =>
        item.kind === "card" && item.card.taskId === asked ? [item.card.card] : [],
      )[0];
      return card as { checkbox: { option_list: { id: string; is_checked?: boolean }[] } } | undefined;
    });
    const options = boxes.checkbox.option_list;
    assert.ok(options.every(({ is_checked: ticked }) => ticked !== true));
    const ids = options.slice(0, 2).map(({ id }) => id);
    await world.wecom.click("zhangsan", asked, "chosen", { selected: { tasks: ids } });
    await until(world, "the two to have run", () => hosts(world) === 2);
    await until(world, "the answer", () =>
      messagesOf(world, "zhangsan").some((text) => text.includes("已批准 2 项")),
    );
    await until(world, "both to have ended", () => {
      return world.lines.filter(({ reason }) => reason === "execution_ended").length === 2;
    });
    const states = await world.stored((store) => store.tasks.countByState());
    assert.deepEqual([states.succeeded, states.pending_approval], [2, ALERTS - 2]);
  });

  test("is rejected with one reason for all, where reasons must be given", async (t) => {
    const approval = { from: { tag: "sre-oncall" }, reason: "reject" };
    const world = await openWorld(t, { files: drillRule({ approval }), env: NARROW });
    const cardId = await storm(world);
    await world.wecom.click("zhangsan", cardId, "none");
    const asked = await until(world, "the reason to be asked for", () => {
      return messagesOf(world, "zhangsan").find((text) => text.includes("须写明原因"));
    });
    const [, id = ""] = /原因 (\S+) 您的原因/.exec(asked) ?? [];
    await world.wecom.say("zhangsan", `原因 ${id} 演练取消`);
    const told = await until(world, "the answer", () => {
      return messagesOf(world, "zhangsan").find((text) => /已拒绝 [1-9]/.test(text));
    });
    const states = await world.stored((store) => store.tasks.countByState());
    assert.equal(states.rejected, Number(/已拒绝 (\d+) 项/.exec(told)?.[1]));
  });

  test("is decided by nobody who may not, and a second click changes nothing", async (t) => {
    const world = await openWorld(t, { files: drillRule(), env: NARROW });
    const cardId = await storm(world);
    const forged = clickXml({ userId: "wangwu", taskId: cardId, key: "all" });
    await sendCallback(world.url(), forged);
    await logged(world, { msg: "task input refused", reason: "not_entitled" });
    assert.equal(hosts(world), 0);
    await world.wecom.click("zhangsan", cardId, "none");
    await until(world, "the answer", () =>
      messagesOf(world, "zhangsan").some((text) => text.includes("已拒绝")),
    );
    // By now its copy is closed; a callback made by hand comes all the same.
    await sendCallback(world.url(), clickXml({ userId: "zhangsan", taskId: cardId, key: "all" }));
    await logged(world, { msg: "task input refused", reason: "already_decided" });
    const states = await world.stored((store) => store.tasks.countByState());
    assert.equal(states.approved ?? 0, 0);
    assert.ok((states.rejected ?? 0) > 2);
    assert.equal(hosts(world), 0);
  });
});
