import assert from "node:assert/strict";
import { test } from "node:test";
import { explainLines } from "../../../bot/cli/explain-words.ts";
import { anEvent } from "../../support/builders.ts";

const EVENT = anEvent({ id: "e_1", type: "disk.full", title: "磁盘将满", subject: "vm-7" });
const TASK = { task: "t_1", state: "running", reason: "started" } as const;

test("a task that a person has asked for is told in place of rules that there are none of", () => {
  const [, ...lines] = explainLines({ event: EVENT, rules: [], asked: [TASK] }, "Asia/Shanghai");
  assert.deepEqual(lines, ["  有人要求执行 · a person asked for it：t_1 running (started)"]);
});

test("the tasks of a rule stand below it, and no rule is said where nothing is told", () => {
  const rule = { known: "not_asked" as const, ruleId: "r", title: "r", on: ["else"], tasks: [TASK] };
  const [, , last] = explainLines({ event: EVENT, rules: [rule], asked: [] }, "Asia/Shanghai");
  assert.equal(last, "    任务 · task：t_1 running (started)");
  const [, none] = explainLines({ event: EVENT, rules: [], asked: [] }, "Asia/Shanghai");
  assert.match(none ?? "", /no rule reads events of this type/);
});
