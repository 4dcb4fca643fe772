import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asked } from "../../../../bot/chat/command.ts";
import { decisionCommands } from "../../../../bot/chat/commands/decisions.ts";
import { delegationCommands } from "../../../../bot/chat/commands/delegations.ts";
import { eventCommands } from "../../../../bot/chat/commands/events.ts";
import { releaseCommands } from "../../../../bot/chat/commands/releases.ts";
import { ruleCommands } from "../../../../bot/chat/commands/rules.ts";
import { taskCommands } from "../../../../bot/chat/commands/tasks.ts";
import { upgradeCommand } from "../../../../bot/chat/commands/upgrade.ts";
import { storedExplanation } from "../../../../core/rules/index.ts";
import { anApproval } from "../../../core/approvals/an-approval.ts";
import { aViewing } from "../../../core/cards/viewing.ts";
import { aRule, setOf } from "../../../core/rules/a-rule.ts";
import { anEvent } from "../../../support/builders.ts";
import { movableClock } from "../../../support/clock.ts";
import { aDecision, aRelease } from "../../../support/releases.ts";
import { aMadeTask } from "../../../support/tasks.ts";

const directory = { nameOf: async (id: string) => `名-${id}`, vouch: async () => assert.fail("not asked") };
const common = { directory, clock: movableClock(), denied: () => null };

function asked(args: Asked["args"]): Asked {
  return { actor: { kind: "local" }, args, viewing: aViewing(), key: "k", by: "lisi" } as unknown as Asked;
}

async function told(command: { run?: unknown } | undefined, args: Asked["args"] = {}): Promise<string> {
  const run = command?.run as (asked: Asked) => Promise<string | { text: string }>;
  const answer = await run(asked(args));
  return typeof answer === "string" ? answer : answer.text;
}

test("delegations name people, not their userids", async () => {
  const delegation = { from: "lisi", to: "wangwu", until: "2026-11-30T00:00:00.000Z", why: "休假" };
  const list = async () => [{ name: "01ABCDEF", delegation }];
  const commands = delegationCommands({ ...common, delegations: { list } } as never);
  assert.match(await told(commands.delegations), /名-wangwu 代 名-lisi/);
});

test("the list of releases and one release name who asked and who approved", async () => {
  const release = aRelease();
  const approved = { ...release, decisions: [aDecision(release, "lisi")] };
  const releases = { list: async () => [approved], find: async () => approved };
  const { release: command } = releaseCommands({ ...common, releases, clustersOf: () => null } as never);
  assert.match(await told(command), / · 名-wangwu · /);
  assert.match(await told(command, { text: "show aaaaaa" }), /^名-wangwu → 名-lisi/m);
});

test("an upgrade names who asked and who approved", async () => {
  const upgrade = {
    ...{ id: "u_1", by: "user:lisi", approvedBy: "user:wangwu", why: "", clusters: ["hz"], index: 0 },
    ...{ stage: "asked", since: "2026-11-01T00:00:00.000Z", before: {}, after: {} },
  };
  const command = upgradeCommand({ ...common, upgrades: { current: async () => upgrade } } as never);
  assert.match(await told(command, { text: "" }), /^名-lisi → 名-wangwu/m);
});

const approval = anApproval();

/** What commands about one task stand on; of them `zhang` and `li` may decide it. */
function aroundTask() {
  const task = aMadeTask({ rule: { approval } });
  const refused = { outcome: "refused", reason: "not_entitled", task };
  return {
    ...{ ...common, denied: () => null, audit: { append: async () => undefined } },
    delegations: { standsFor: async () => [] },
    directory: {
      ...directory,
      expand: async () => ["lisi"],
      vouch: async () => ({ outcome: "not_entitled" }),
    },
    tasks: { findByPrefix: async () => [task] },
    advancer: { advance: async () => refused },
    view: async () => aViewing(),
  } as never;
}

test("a task names who may approve it, and so does the answer to who may not", async () => {
  const { task } = taskCommands(aroundTask());
  assert.match(await told(task, { task: "aaaa" }), /1 位 owner（名-zhang 名-li）/);
  const { approve } = decisionCommands(aroundTask());
  assert.match(await told(approve, { task: "aaaa" }), /＃dba 名-zhang 名-li/);
});

test("a rule names who approves what it makes, and so does why it made it", async () => {
  const rule = aRule({ approval });
  const deps = { ...common, rules: () => [rule], refused: () => [] };
  const { rules } = ruleCommands(deps as never);
  assert.match(await told(rules, { text: rule.id }), /1 位 owner（名-zhang 名-li）/);
  const event = anEvent();
  const verdict = {
    eventId: event.id,
    ruleId: rule.id,
    outcome: "fired",
    reason: "fired",
    taskId: "t_aaaaaa",
  };
  const explainer = {
    find: async () => ({ outcome: "found", event }),
    explain: async () => [storedExplanation(verdict as never, setOf(rule).rules[0])],
    ...{ tasksOf: async () => [], askedBy: async () => [] },
  };
  const { why } = eventCommands({ ...deps, explainer } as never);
  assert.match(await told(why, { event: "aaaa" }), /1 位 owner（名-zhang 名-li）/);
});
