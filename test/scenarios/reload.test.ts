import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  cardsOf,
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
    await drill(world, "1");
    await openCard(world, "演练");

    world.write("rules/drill.yaml", drillRule({ ...OWNED, title: "修好的演练" })["rules/drill.yaml"] ?? {});
    await logged(world, { msg: "files in force", by: "files" });
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
