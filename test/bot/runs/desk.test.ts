import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isSecretKey, maskText } from "../../../adapters/telemetry/index.ts";
import { createRunDesk } from "../../../bot/runs/index.ts";
import { actionParameters } from "../../../core/actions/index.ts";
import { approvers, shortApproval } from "../../../core/approvals/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/ids/index.ts";
import type { Membership, RolesHeld } from "../../../core/people/index.ts";
import type { ActionReading } from "../../../core/ports/index.ts";
import type { RunAnswer, RunGrant, RunRefusal, RunRequest } from "../../../core/runs/index.ts";
import {
  currentDigest,
  DEFAULT_SETTINGS,
  requesterOf,
  retryFault,
  startFault,
  taskOfRetry,
} from "../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { recordingLog } from "../../support/log.ts";
import { aClick, entitledFor, stepAt } from "../../support/tasks.ts";

const SECRET = "hunter2-hunter2";

function aGrant(overrides: Partial<RunGrant> = {}): RunGrant {
  const from = { tag: "sre-oncall" };
  return {
    ...{ id: "disk", actions: ["disk.*"], business: "shop", targets: ["{{ params.host }}"], report: {} },
    approval: shortApproval({ from, need: 1, timeoutMs: 60_000, onTimeout: "reject" }),
    startWithinMs: 3_600_000,
    ...overrides,
  };
}

const CLUSTER = {
  ...{ name: "hz", api: "http://127.0.0.1/api", businesses: ["shop"], priority: 0 },
  auth: { kind: "apiKey" as const, apiKey: "k" },
};
const PARAMETERS: JsonObject = {
  host: { type: "string", required: true },
  code: { type: "string", secret: true },
};
const KNOWN: ActionReading = {
  outcome: "known",
  schema: { action: "disk.show", enabled: true, parameters: actionParameters(PARAMETERS) },
};
const RUNNER: RolesHeld = {
  roles: [{ name: "sre", of: { tag: "sre" }, rights: ["tasks.run"], on: { businesses: ["shop"] } }],
  ...{ unsure: [], against: null },
};
const NOBODY: RolesHeld = { roles: [], unsure: [], against: null };

interface Given {
  grants?: RunGrant[];
  held?: RolesHeld;
  vouched?: Membership | Error;
  reading?: ActionReading;
}

function bench(given: Given = {}) {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const log = recordingLog();
  const now = { grants: given.grants ?? [aGrant()] };
  const desk = createRunDesk({
    inForce: () => ({ ...now, roles: RUNNER.roles, policies: [], routes: [], clusters: [CLUSTER] }),
    catalog: { readAction: async () => given.reading ?? KNOWN },
    directory: {
      vouch: async () => {
        if (given.vouched instanceof Error) throw given.vouched;
        return given.vouched ?? { outcome: "not_entitled" };
      },
    },
    rolesOf: async () => given.held ?? RUNNER,
    ...{ journal: store.journal, tasks: store.tasks, settings: DEFAULT_SETTINGS, clock, log },
    ...{ throttle: store.throttle, limits: { perMinute: 5 } },
    masking: { isSecretKey, maskText },
    metrics: { count: () => undefined, observe: () => undefined, gauge: () => undefined } as never,
  });
  const ask = (overrides: Partial<RunRequest> = {}) =>
    desk.ask({
      ...{ action: "disk.show", parameters: { host: "vm-1" }, by: "zhangsan", via: "chat", key: "k1" },
      ...overrides,
    });
  const made = async (overrides: Partial<RunRequest> = {}) => {
    const answer = await ask(overrides);
    if (answer.outcome !== "made") throw new Error(answer.message);
    return answer.task;
  };
  return { clock, store, log, now, desk, ask, made };
}

describe("a flood of requests", () => {
  const FLOOD = Array.from({ length: 300 }, (_, i) => `f${i}`);
  const outcomes = (answers: readonly RunAnswer[]) => {
    const made = answers.filter(({ outcome }) => outcome === "made").length;
    const late = answers.filter((one) => one.outcome === "refused" && one.reason === "too_many").length;
    return [made, late];
  };

  test("of one person makes as many tasks as a minute allows, and the rest is told when to come again", async () => {
    const { ask, clock } = bench();
    const answers = await Promise.all(FLOOD.map((key) => ask({ key })));
    assert.deepEqual(outcomes(answers), [5, 295]);
    const last = answers.at(-1);
    assert.ok(last?.outcome === "refused");
    assert.deepEqual([last.retryAfterMs, last.message.includes("12 秒后")], [12_000, true]);
    assert.equal((await ask({ key: "f0" })).outcome, "made", "what was taken is answered as before");
    assert.equal((await ask({ by: "lisi", key: "x" })).outcome, "made", "others have room of their own");
    clock.advance(12_000);
    const later = await Promise.all(FLOOD.slice(5).map((key) => ask({ key })));
    assert.deepEqual(outcomes(later), [1, 294]);
  });

  test("cannot be spread over the tokens and places of one person", async () => {
    const { ask } = bench();
    const places = [{ via: "rest", token: "a" }, { via: "gateway", token: "b" }, { via: "chat" }] as const;
    const answers = await Promise.all(FLOOD.flatMap((key) => places.map((place) => ask({ key, ...place }))));
    assert.deepEqual(outcomes(answers), [5, 895]);
  });

  test("by one token is bounded whatever person it is said to be of", async () => {
    const { ask } = bench();
    const by = (i: number) => (i % 2 === 0 ? "zhangsan" : "lisi");
    const flood = FLOOD.map((key, i) => ask({ key, token: "shared", via: "rest", by: by(i) }));
    assert.deepEqual(outcomes(await Promise.all(flood)), [5, 295]);
  });

  test("of requests that are refused anyway costs no more reads of clusters", async () => {
    const { ask } = bench({ reading: { outcome: "absent" } });
    assert.deepEqual(outcomes(await Promise.all(FLOOD.map((key) => ask({ key })))), [0, 295]);
  });
});

describe("the desk", () => {
  test("makes a task that waits for approval, with the event that it was asked for by", async () => {
    const { made, store } = bench();
    const task = await made();
    assert.deepEqual(
      [task.state, task.action, task.targets, task.clusters],
      ["pending_approval", "disk.show", ["vm-1"], ["hz"]],
    );
    assert.equal(requesterOf(task), "zhangsan");
    const event = await store.journal.event(task.eventId);
    assert.equal(event?.type, "whale.run.requested");
    assert.deepEqual([event?.source, event?.subject, event?.title], ["whale", "vm-1", "disk.show host=vm-1"]);
    assert.equal(event?.detail["task"], task.id);
  });

  test("tells the audit log who asked", async () => {
    const { made, store } = bench();
    const task = await made();
    const entries = await store.audit.read(0, 10);
    const entry = entries.find(({ object }) => object === task.id);
    assert.deepEqual(
      [entry?.what, entry?.who, entry?.detail["origin"]],
      ["task.make", "user:zhangsan", "run"],
    );
  });

  test("gives the same task for the same key, also after a crash between event and task", async () => {
    const { made, ask, store } = bench();
    const first = await made();
    assert.equal((await made()).id, first.id);
    assert.notEqual((await made({ key: "k2" })).id, first.id);
    assert.notEqual((await made({ by: "lisi" })).id, first.id);
    const answers = await Promise.all([ask({ key: "k3" }), ask({ key: "k3" })]);
    const ids = answers.map((answer) => (answer.outcome === "made" ? answer.task.id : ""));
    assert.equal(new Set(ids).size, 1);
    assert.equal(await store.journal.lag("rules"), 4);
  });

  const REFUSED: [reason: RunRefusal, says: string, given: Given, request: Partial<RunRequest>][] = [
    ["no_grant", "no grant names the action", {}, { action: "core.local" }],
    ["not_allowed", "the right is missing", { held: NOBODY }, {}],
    ["not_allowed", "a grant names others", { grants: [aGrant({ by: { users: ["lisi"] } })] }, {}],
    ["bad_parameters", "a parameter is missing", {}, { parameters: {} }],
    ["bad_parameters", "StackStorm would render one", {}, { parameters: { host: "{{ x }}" } }],
    ["unknown_action", "no cluster has the action", { reading: { outcome: "absent" } }, {}],
    [
      "no_allowed_cluster",
      "no cluster serves the business",
      {
        grants: [aGrant({ business: "pay", by: { tag: "x" } })],
        vouched: { outcome: "entitled", groups: [0] },
      },
      {},
    ],
    [
      "policy_void",
      "its policy is gone",
      { grants: [aGrant({ approval: { mode: "policy", policy: "p" } })] },
      {},
    ],
  ];
  for (const [reason, says, given, request] of REFUSED) {
    test(`refuses where ${says}, in both languages, and makes nothing`, async () => {
      const { ask, store } = bench(given);
      const answer = await ask(request);
      assert.ok(answer.outcome === "refused");
      assert.equal(answer.reason, reason);
      assert.ok(answer.words.zh !== "" && answer.words.en !== "");
      assert.equal(await store.journal.lag("rules"), 0);
    });
  }

  test("refuses where nobody but who asks could approve", async () => {
    const approval = shortApproval({
      ...{ from: { users: ["zhangsan"] }, need: 1, timeoutMs: 1000, onTimeout: "reject" },
    });
    const { ask } = bench({ grants: [aGrant({ approval })] });
    assert.equal((await ask()).outcome, "refused");
    assert.equal((await ask({ by: "lisi", key: "k2" })).outcome, "made");
  });

  test("refuses a key that asked for something else", async () => {
    const { made, ask } = bench();
    await made();
    const answer = await ask({ parameters: { host: "vm-2" } });
    assert.ok(answer.outcome === "refused" && answer.reason === "key_reused");
  });

  test("takes parameters as they are while no cluster answers", async () => {
    const { made } = bench({ reading: { outcome: "unreachable", message: "down" } });
    assert.deepEqual((await made()).params, { host: "vm-1" });
  });

  test("lets people whom a grant names ask without the right", async () => {
    const grants = [aGrant({ by: { tag: "dev" } })];
    const { made, desk } = bench({ grants, held: NOBODY, vouched: { outcome: "entitled", groups: [0] } });
    assert.equal((await made()).origin.kind, "run");
    assert.deepEqual(
      (await desk.usableBy("zhangsan")).map(({ id }) => id),
      ["disk"],
    );
  });

  test("refuses at once while it cannot be looked up who is named by a grant", async () => {
    const grants = [aGrant({ by: { tag: "dev" } })];
    const vouched = new ChatOpsError("no answer", { code: "wecom.timeout", retryable: true });
    const answer = await bench({ grants, vouched }).ask();
    assert.ok(answer.outcome === "refused");
    assert.equal(answer.reason, "directory_unavailable");
    assert.match(answer.words.zh, /请稍后再发一次/);
    assert.match(answer.words.en, /send it again later/);
  });

  test("says of a grant whose tag is gone that it is, and lists the others", async () => {
    const vouched = new ChatOpsError("no such tag", { code: "wecom.unknown_tag", reached: "no" });
    const grants = [aGrant({ id: "lost", by: { tag: "dev" } }), aGrant({ actions: ["other.*"] })];
    const { ask, desk } = bench({ grants, vouched });
    const answer = await ask();
    assert.ok(answer.outcome === "refused");
    assert.equal(answer.reason, "not_allowed");
    assert.match(answer.words.en, /#dev, whom lost of runs.yaml names, was deleted/);
    assert.deepEqual(
      (await desk.usableBy("zhangsan")).map(({ id }) => id),
      ["disk"],
    );
  });

  test("shows no secret in event and log, and forgets what was typed with it", async () => {
    const { made, store, log } = bench();
    const parameters = { host: "vm-1", code: SECRET };
    const task = await made({ parameters, command: `show vm-1 code=${SECRET}` });
    assert.equal(task.params["code"], SECRET);
    assert.deepEqual(task.secretParams, ["code"]);
    assertLeaksNoSecret([SECRET], [await store.journal.event(task.eventId), log.lines, task.origin]);
  });
});

describe("a run's approval", () => {
  test("is not its asker's to give", async () => {
    const task = await bench().made();
    const click = aClick({ by: "zhangsan", entitlement: entitledFor("approvers") });
    assert.equal(stepAt(task, { kind: "approve", click } as never).reason, "own_request");
    assert.deepEqual(approvers(task), []);
  });

  test("is void once the grant has changed or is gone", async () => {
    const { made } = bench();
    const task = await made();
    const standing = (grants: RunGrant[]) => ({
      digest: currentDigest({ rules: [], grants }, task),
      policy: null,
      choice: { outcome: "chosen", cluster: "hz", reason: "highest_priority", passed: [] } as const,
    });
    assert.notEqual(startFault(task, standing([aGrant()]), 0)?.reason, "binding_void");
    for (const grants of [[], [aGrant({ targets: [] })], [aGrant({ id: "other" }), aGrant()]]) {
      assert.equal(startFault(task, standing(grants), 0)?.reason, "binding_void");
    }
  });

  test("can be asked for once more while the grant is the same", async () => {
    const task = await bench().made();
    const ended = { ...task, state: "failed" as const };
    assert.equal(retryFault(ended, currentDigest({ rules: [], grants: [aGrant()] }, ended)), null);
    assert.equal(retryFault(ended, currentDigest({ rules: [], grants: [] }, ended)), "rule_changed");
    const facts = { nowMs: 1, settings: DEFAULT_SETTINGS, depth: 0, causes: [], by: "lisi", key: "r", n: 1 };
    const again = taskOfRetry(ended, facts).task;
    assert.equal(currentDigest({ rules: [], grants: [aGrant()] }, again), again.ruleDigest);
    assert.equal(again.hash, task.hash);
  });
});
