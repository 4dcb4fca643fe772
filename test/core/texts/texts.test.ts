import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COMMAND_IDS, specOf } from "../../../core/commands/index.ts";
import { TASK_STATES } from "../../../core/tasks/index.ts";
import { LANGUAGES, type Texts, textsOf } from "../../../core/texts/index.ts";

/** Labels that stand in front of a row of a card or a fact of a message; the others head whole parts. */
const ROW_LABELS = ["action", "target"] as const;

function keysOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => keysOf(item, `${path}.${key}`));
}

test("both languages have the same keys", () => {
  const [zh, en] = [textsOf("zh"), textsOf("en")];
  assert.deepEqual(keysOf(en).sort(), keysOf(zh).sort());
});

for (const language of LANGUAGES) {
  describe(`the texts in ${language}`, () => {
    const texts: Texts = textsOf(language);

    test("have no empty text", () => {
      const walk = (value: unknown, path: string): void => {
        if (typeof value === "string") assert.notEqual(value.trim(), "", path);
        else if (typeof value === "object" && value !== null)
          for (const [key, item] of Object.entries(value)) walk(item, `${path}.${key}`);
      };
      walk(texts, language);
    });

    test("name every state, each differently", () => {
      const names = TASK_STATES.map((state) => texts.states[state]);
      assert.equal(new Set(names).size, TASK_STATES.length);
    });

    test("have row labels of at most 5 characters and buttons of at most 10", () => {
      for (const label of ROW_LABELS) assert.ok([...texts.labels[label]].length <= 5, texts.labels[label]);
      for (const button of Object.values(texts.buttons)) assert.ok([...button].length <= 10, button);
    });

    test("have closing texts that fit a grey button's 30 characters", () => {
      for (const state of TASK_STATES) assert.ok([...texts.states[state]].length <= 30);
    });

    test("put what they are given into their sentences", () => {
      const wait = { until: null, minutes: 37, needs: "4 X", missing: "", approvedBy: "", rejectedBy: "" };
      const asking = { ...wait, reason: [] };
      const until = { ...asking, until: "11/01 08:30", approvedBy: "N1", rejectedBy: "N2", missing: "2 Y" };
      const given: [string, string][] = [
        [texts.waiting(until), "11/01 08:30"],
        [texts.waiting(until), "N1"],
        [texts.waiting(until), "N2"],
        [texts.waiting(until), "2 Y"],
        [texts.waiting(asking), "37"],
        [texts.waiting(asking), "4"],
        [texts.approvedBy("N1 N2"), "N1 N2"],
        [texts.rejectedBy("N1"), "N1"],
        [texts.byPolicy("p1"), "p1"],
        [texts.unknownText("r1-2"), "r1-2"],
        [texts.counted("3"), "3"],
        [texts.orEscalated("5 X", 6), "5 X"],
        [texts.orEscalated("5 X", 6), "6"],
        [texts.rejectionCounted(7), "7"],
        [texts.reasonAsked("abc123"), "abc123"],
        [texts.stuck({ status: "requested", minutes: 9, id: "abc234" }), "requested"],
        [texts.stuck({ status: "requested", minutes: 9, id: "abc234" }), "9"],
        [texts.moreOutput("logs abc"), "logs abc"],
        [texts.commands.unknown("xyz"), "xyz"],
        [texts.commands.didYouMean("tasks"), "tasks"],
        [texts.commands.needsId("logs"), "logs"],
        [texts.commands.noSuchTask("zzz"), "zzz"],
        [texts.commands.ambiguous("ab"), "ab"],
        [texts.commands.engineDown("why"), "why"],
      ];
      for (const [sentence, part] of given) assert.ok(sentence.includes(part), sentence);
      assert.doesNotMatch(texts.waiting({ ...asking, reason: ["reject"] }), /undefined|null/);
    });

    test("tell of every command how it is written and what it does, on one line", () => {
      for (const id of COMMAND_IDS) {
        const { args = "", does } = texts.commands.about[id];
        assert.ok(does !== "" && !/\n/.test(args + does), id);
        assert.equal(args === "", specOf(id).args.length === 0, id);
        const isOptional = specOf(id).args.every(({ optional }) => optional);
        assert.equal(isOptional, args === "" || args.startsWith("["), id);
      }
    });
  });
}
