import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ask,
  cardsOf,
  click,
  logged,
  message,
  messagesOf,
  openCard,
  openWorld,
  until,
  type World,
} from "../support/world.ts";
import { drill, drillRule } from "./drill.ts";

const OWNED = { owner: { users: ["wangwu"] } };

async function ready(
  world: World,
): Promise<{ status: number; warnings: { about: string; message: string }[] }> {
  const answer = await fetch(`${world.url()}/readyz`);
  return { status: answer.status, ...((await answer.json()) as { warnings: [] }) };
}

describe("a file of the home that changes while Whale runs", { concurrency: 2 }, () => {
  test("is taken by itself, and events after it are judged by it", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    world.write("rules/drill.yaml", drillRule({ title: "新的演练" })["rules/drill.yaml"] ?? {});
    await logged(world, { msg: "files in force", by: "files" });
    await drill(world, "1");
    await openCard(world, "新的演练");
  });

  test("that breaks disturbs nothing: the rule before fires, readyz stays 200 and warns, its owner hears where", async (t) => {
    const world = await openWorld(t, { files: drillRule(OWNED) });
    const broken = {
      ...drillRule(OWNED)["rules/drill.yaml"],
      approval: { from: { tag: "sre-oncall" }, need: "two" },
    };
    world.write("rules/drill.yaml", broken);
    const text = await message(world, "wangwu", "演练", "rules/drill.yaml:1", "approval.need");
    assert.match(text, /之前的规则仍然有效/);
    const { status, warnings } = await ready(world);
    assert.equal(status, 200);
    assert.ok(
      warnings.some(({ about, message: why }) => about === "WHALE_HOME" && why.includes("rules/drill.yaml")),
    );
    const asked = await ask(world, "zhangsan", "规则");
    assert.match(asked, /演练.*没有采用.*rules\/drill\.yaml:1 approval\.need/s);
    await drill(world, "1");
    await openCard(world, "演练");

    world.write("rules/drill.yaml", drillRule({ ...OWNED, title: "修好的演练" })["rules/drill.yaml"] ?? {});
    await logged(world, { msg: "files in force", by: "files" });
    assert.doesNotMatch(await ask(world, "zhangsan", "规则"), /没有采用/);
    assert.deepEqual(
      (await ready(world)).warnings.filter(({ about }) => about === "WHALE_HOME"),
      [],
    );
    world.write("rules/drill.yaml", broken);
    await until(world, "the second refusal", () => {
      return world.lines.filter(({ msg }) => msg?.startsWith("files refused")).length === 2;
    });
    assert.equal(messagesOf(world, "wangwu").filter((one) => one.includes("approval.need")).length, 1);
    assert.equal(cardsOf(world, "zhangsan", "演练").length, 1);
  });
});

describe("a rule that changes between the approval and the start", { concurrency: 2 }, () => {
  const changed = { params: { seconds: 0.01 }, action: "core.wait" };
  const rewritten = async (world: World, overrides: Record<string, unknown>) => {
    world.write("rules/drill.yaml", drillRule(overrides)["rules/drill.yaml"] ?? {});
    await logged(world, { msg: "files in force", by: "files" });
  };

  test("makes the approval void, which is said, and what the rule is now is asked anew and runs once", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await rewritten(world, changed);
    await click(world, card, "approve");
    await message(world, "zhangsan", "批准作废", "重新判断");
    const again = await openCard(world, "重新授权 · 演练");
    assert.equal(world.stackstorm.rows().length, 0);
    await click(world, again, "approve");
    await message(world, "zhangsan", "重新授权 · 演练", "成功");
    assert.deepEqual(
      world.stackstorm.rows().map(({ action, parameters }) => [action, parameters]),
      [["core.wait", { seconds: 0.01 }]],
    );
  });

  test("so that it does not want the event any more asks nobody again, and says so", async (t) => {
    const world = await openWorld(t, { files: drillRule() });
    await drill(world, "1");
    const card = await openCard(world, "演练");
    await rewritten(world, { ...changed, features: [{ path: "detail.host", op: "equals", value: "h2" }] });
    await click(world, card, "approve");
    await message(world, "zhangsan", "不再询问");
    assert.equal(cardsOf(world, "zhangsan", "重新授权").length, 0);
    assert.equal(world.stackstorm.rows().length, 0);
  });
});
