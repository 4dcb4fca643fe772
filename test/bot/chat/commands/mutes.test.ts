import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Asked } from "../../../../bot/chat/command.ts";
import { muteCommands } from "../../../../bot/chat/commands/mutes.ts";
import type { MuteOrder } from "../../../../core/mutes/index.ts";
import type { Language } from "../../../../core/texts/index.ts";
import { aViewing } from "../../../core/cards/viewing.ts";
import { aRule } from "../../../core/rules/a-rule.ts";

/** What is answered to `mute` with this behind it, and what was ordered. */
async function muting(text: string, language: Language = "zh") {
  const ordered: MuteOrder[] = [];
  const order = async (given: MuteOrder, by: string) => {
    ordered.push(given);
    const [from, until] = ["2026-11-27T00:00:00.000Z", "2026-11-27T02:00:00.000Z"];
    return { name: "01ABCDEF", mute: { match: given.match, from, until, by, at: from, why: given.why } };
  };
  const { mute } = muteCommands({
    ...{ mutes: { order } as never, objectOf: () => ({}), denied: () => null },
    rules: () => [aRule({ id: "vm-disk-cleanup" })],
    directory: { nameOf: async (id) => id },
  });
  const asked = { actor: { kind: "local" }, args: { text }, viewing: aViewing(language) } as unknown as Asked;
  return { answer: String(await mute.run(asked)), ordered };
}

test("a mute of a rule that there is none of is refused, and says so", async () => {
  const { answer, ordered } = await muting("rule=vm-disk-cleanpu 2h 今晚迁移");
  assert.deepEqual([answer, ordered], ["没有规则 vm-disk-cleanpu，请核对名称", []]);
  assert.match((await muting("rule=nope 2h why", "en")).answer, /^there is no rule nope/);
  for (const known of ["rule=vm-disk-cleanup 2h x", "subject=vm-1 2h x", "label.env=prod 2h x"])
    assert.equal((await muting(known)).ordered.length, 1, known);
});

describe("what is wrong with a mute is told without the names of fields that nobody wrote", () => {
  const cases: [text: string, zh: RegExp][] = [
    ["foo", /^要写静默什么/],
    ["subject=vm-1 2h", /^要写原因\n/],
    ["subjct=vm-1 2h x", /^subjct：没有这个条件/],
    ["subject=vm-1 soon x", /^soon：要写静默多久/],
  ];
  for (const [text, zh] of cases) {
    test(text, async () => assert.match((await muting(text)).answer, zh));
  }
});
