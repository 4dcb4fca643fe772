import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asked } from "../../../../bot/chat/command.ts";
import { eventCommands } from "../../../../bot/chat/commands/events.ts";
import { replayCommands } from "../../../../bot/chat/commands/replay.ts";
import { ChatOpsError } from "../../../../core/errors.ts";
import type { WhaleEvent } from "../../../../core/events/index.ts";
import type { Language } from "../../../../core/texts/index.ts";
import { aViewing } from "../../../core/cards/viewing.ts";
import { anEvent } from "../../../support/builders.ts";
import { finding } from "../../../support/explainer.ts";

/** The answers to `events`, `event` and `why` about an event. */
async function answersAbout(
  event: WhaleEvent,
  language: Language = "zh",
  explained: readonly object[] = [],
): Promise<string[]> {
  const commands = eventCommands({
    archive: {
      search: async () => ({ events: [event], next: null }),
      overview: async () => assert.fail("not asked for"),
    },
    explainer: {
      find: async () => ({ outcome: "found", event }) as never,
      explain: async () => explained as never,
      tasksOf: async () => [],
      askedBy: async () => [],
    },
    rules: () => [],
    directory: { nameOf: async (id: string) => id },
    denied: () => null,
  } as never);
  const actor = { kind: "local" };
  const asked = { actor, args: {}, after: null, viewing: aViewing(language) } as unknown as Asked;
  const answers = await Promise.all(
    [commands.events, commands.event, commands.why].map((command) => command.run?.(asked)),
  );
  return answers.map((answer) => (typeof answer === "string" ? answer : (answer?.text ?? "")));
}

test("a title that goes on and on is short in lists, and whole in the answer about its event", async () => {
  const [list = "", one = "", why = ""] = await answersAbout(anEvent({ title: "警".repeat(3000) }));
  assert.ok(list.includes(`${"警".repeat(59)}…`) && list.length < 300);
  assert.ok(one.includes("警".repeat(3000)));
  assert.ok(why.includes(`${"警".repeat(59)}…`) && why.length < 300);
});

test("severity and status are told in the reader's words, as cards tell them", async () => {
  const event = anEvent({ severity: "critical", status: "resolved", labels: { env: "prod" } });
  const words = { zh: /紧急 · 已恢复/, en: /Critical · resolved/ };
  for (const language of ["zh", "en"] as const) {
    const [list = "", one = ""] = await answersAbout(event, language);
    assert.match(list, words[language]);
    assert.match(one, words[language]);
    assert.match(
      one,
      language === "zh" ? /级别：紧急[\s\S]*标签：env=prod/ : /Level: Critical[\s\S]*Labels: env=prod/,
    );
  }
  const [list = ""] = await answersAbout(event);
  assert.doesNotMatch(list, /critical|resolved/);
});

test("why a template of a rule could not be rendered is told in the reader's language", async () => {
  const [event, message] = [anEvent(), "params.host: undefined variable: detail.gone"];
  const verdict = { eventId: event.id, ruleId: "r", outcome: "held", reason: "params_failed", message };
  const explained = [{ known: "stored", ruleId: "r", title: "清理", verdict, changed: false }];
  const [, , zh = ""] = await answersAbout(event, "zh", explained);
  assert.match(zh, /参数组装失败 · params\.host：没有 detail\.gone/);
  assert.doesNotMatch(zh, /undefined/);
  const [, , en = ""] = await answersAbout(event, "en", explained);
  assert.match(en, /params\.host: there is no detail\.gone/);
});

test("while the archive is away each of the three says so, instead of leaving the question open", async () => {
  const away = async () => {
    throw new ChatOpsError("not reached", { code: "elasticsearch.unreachable", retryable: true });
  };
  const commands = eventCommands({
    ...{ archive: { search: away, overview: away }, explainer: { find: away } },
    ...{ eventTypes: () => [], rules: () => [], denied: () => null },
  } as never);
  const asked = {
    actor: { kind: "local" },
    args: {},
    after: null,
    viewing: aViewing("zh"),
  } as unknown as Asked;
  for (const command of [commands.events, commands.event, commands.why]) {
    const answer = await command.run?.(asked);
    assert.match(typeof answer === "string" ? answer : (answer?.text ?? ""), /归档暂时读不到/);
  }
});

test("behind a beginning, an event that the asker may not read is not there", async () => {
  const event = anEvent();
  const role = { name: "net", of: {}, rights: ["events.read"], on: { types: ["net.*"] } };
  const actor = { kind: "user", userId: "zhangsan", roles: [role], unsure: [], against: null };
  const { explainer } = finding([event]);
  const denied = (_: Asked, __: string, object: object | "some") => (object === "some" ? null : "denied");
  const deps = { explainer, denied, rules: () => [], eventTypes: () => [], replays: {} } as never;
  const commands = { ...eventCommands(deps), ...replayCommands(deps) };
  const args = { event: event.id.slice(0, 8) };
  const asked = { actor, args, after: null, viewing: aViewing("zh") } as unknown as Asked;
  for (const command of [commands.event, commands.why, commands.replay]) {
    assert.match(String(await command.run?.(asked)), /没有这个事件|找不到/);
  }
});
