import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { shortApproval } from "../../../core/approvals/index.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { TASK_ENDED_TYPE } from "../../../core/events/index.ts";
import { compileMutes } from "../../../core/mutes/index.ts";
import { type BackTestContext, backTest } from "../../../core/replays/index.ts";
import { type Rule, type RuleSet, ruleSet, timeHold } from "../../../core/rules/index.ts";
import { compileWindows } from "../../../core/windows/index.ts";
import { anEvent } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { comparable, rehearsalOf } from "../../support/rehearsal.ts";
import { aRule } from "../../support/tasks.ts";

const CLUSTERS: BackTestContext["clusters"] = [
  {
    ...{ name: "hz-core", api: "http://x", auth: { kind: "apiKey", apiKey: "k" } },
    ...{ businesses: ["shop"], priority: 1 },
  },
];
const CONTEXT: BackTestContext = { nowMs: START_MS, policies: [], clusters: CLUSTERS };

function setOf(rules: readonly Rule[]): RuleSet {
  const compiled = ruleSet(rules);
  return compiled.outcome === "compiled" ? compiled.set : assert.fail(compiled.message);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

const TYPES = ["vm.disk.usage", "host.dmesg", TASK_ENDED_TYPE];
const paths = fc.oneof(fc.constant("none" as const), fc.array(fc.constantFrom("/a", "/b"), { maxLength: 3 }));

const events: fc.Arbitrary<WhaleEvent[]> = fc
  .array(
    fc
      .record({
        type: fc.constantFrom(...TYPES),
        status: fc.constantFrom("firing" as const, "firing" as const, "resolved" as const, "point" as const),
        usage: fc.integer({ min: 0, max: 3 }),
        host: fc.constantFrom("vm-1", "vm-2", "{{ x }}"),
        afterMs: fc.nat(500_000),
        violated: fc.nat(9),
        repeated: fc.nat(5),
        paths,
      })
      .map(({ usage, host, violated, repeated, paths: list, ...rest }) => ({
        ...rest,
        detail: { app: "shop", host, usage, paths: list },
        violations: violated === 0 ? [{ path: "/usage", message: "is missing" }] : [],
        ...(repeated < 2 ? { repeatOf: "e_1" } : {}),
        ...(repeated === 0 ? { late: true as const } : {}),
      })),
    { maxLength: 40 },
  )
  .map((drawn) => {
    let atMs = START_MS - 86_400_000;
    return drawn.map(({ afterMs, ...overrides }, no) => {
      atMs += afterMs;
      return anEvent({ ...overrides, id: `e_${no}`, receivedAt: iso(atMs) });
    });
  });

const ruleParts = fc.record({
  on: fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1 }),
  above: fc.integer({ min: -1, max: 3 }),
  repeats: fc.boolean(),
  business: fc.constantFrom("shop", "shop", "shop", "bank"),
  throttle: fc.option(
    fc.record({
      key: fc.constantFrom("{{ detail.host }}", "all"),
      limit: fc.integer({ min: 1, max: 2 }),
      perMs: fc.constantFrom(60_000, 600_000),
      burst: fc.integer({ min: 1, max: 3 }),
    }),
    { nil: undefined },
  ),
  shared: fc.boolean(),
  forEach: fc.boolean(),
  policy: fc.nat(9),
});

const rules: fc.Arbitrary<Rule[]> = fc.array(ruleParts, { minLength: 1, maxLength: 8 }).map((all) =>
  all.map(({ above, throttle, shared, forEach, policy, ...rest }, no) =>
    aRule({
      ...rest,
      id: `rule-${no}`,
      features: [{ path: "detail.usage", op: "greaterthan", value: above }],
      ...(throttle ? { throttle } : {}),
      ...(forEach ? { forEach: "detail.paths", params: { path: "{{ item }}" } } : {}),
      ...(shared ? { shared: [{ name: "all", by: "business", limit: 1, perMs: 300_000, burst: 2 }] } : {}),
      ...(policy === 0 ? { approval: { mode: "policy", policy: "gone" } } : {}),
    }),
  ),
);

describe("a back-test", () => {
  test("counts what a rehearsal of the same events counts, whatever rules and events are", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(rules, events, async (some, stored) => {
        const set = setOf(some);
        const judged = backTest(set, CONTEXT);
        for (const event of stored) judged.judge(event);
        const counts = comparable(judged.counts());
        assert.deepEqual(counts, await rehearsalOf(stored, { set, context: CONTEXT }));
        for (const { fired, held } of counts) {
          if (fired > 0) seen.add("fired");
          for (const reason of Object.keys(held)) seen.add(reason);
        }
      }),
      { numRuns: 300 },
    );
    const all = ["fired", "feature_failed", "event_invalid", "not_firing", "repeat", "late", "throttled"];
    const rarer = ["params_failed", "no_allowed_cluster", "policy_void", "no_elements"];
    assert.deepEqual([...seen].sort(), [...all, ...rarer].sort());
  });

  test("holds events by windows and schedules at their receipt, as a rehearsal does", async () => {
    const set = setOf([aRule(), aRule({ id: "by-day" })]);
    const spans = [{ kind: "once" as const, fromMs: START_MS - 3_000, untilMs: START_MS - 1_000 }];
    const windows = compileWindows(
      [{ id: "release", title: "release", spans, match: { rules: ["vm-disk-cleanup"] } }],
      () => () => false,
    );
    const schedules = new Map([["by-day", (atMs: number) => atMs >= START_MS - 2_000]]);
    const stored = [4_000, 3_000, 2_000, 1_000].map((ago) =>
      anEvent({ id: `e_${ago}`, receivedAt: iso(START_MS - ago) }),
    );
    const hold = timeHold({ windows, schedules, mutes: compileMutes([]) });
    const judged = backTest(set, { ...CONTEXT, timeHold: hold });
    for (const event of stored) judged.judge(event);
    const counts = comparable(judged.counts());
    assert.deepEqual(counts, await rehearsalOf(stored, { set, context: CONTEXT }, { windows, schedules }));
    assert.deepEqual(counts[0]?.held, { off_schedule: 2 });
    assert.deepEqual(counts[1]?.held, { in_window: 2 });
  });

  test("tells whom the tasks of a rule would have asked, each element of a list being a task", () => {
    const judged = backTest(setOf([aRule({ forEach: "detail.paths" })]), CONTEXT);
    judged.judge(anEvent({ detail: { host: "vm-1", paths: ["/a", "/b"] } }));
    const [count] = judged.counts();
    assert.deepEqual([count?.fired, count?.tasks, count?.asks], [1, 2, { tag: "sre-oncall" }]);
  });

  test("tells each group that would have been asked", () => {
    const groups = ["dba", "owner"].map((name) => ({ name, from: { tag: name }, need: 1 }));
    const approval = { ...shortApproval({ from: {}, need: 1, timeoutMs: 1, onTimeout: "reject" }), groups };
    const [count] = backTest(setOf([aRule({ approval })]), CONTEXT).counts();
    assert.deepEqual(count?.asks, { groups });
  });

  test("leaves out the ends of tasks and counts them", () => {
    const judged = backTest(setOf([aRule({ on: [TASK_ENDED_TYPE] })]), CONTEXT);
    judged.judge(anEvent({ type: TASK_ENDED_TYPE }));
    assert.equal(judged.chained(), 1);
    assert.deepEqual(judged.counts()[0]?.held, {});
  });

  test("goes on throttling by the same buckets when it has forgotten those that are full", () => {
    const throttle = { key: "{{ detail.host }}", limit: 1, perMs: 1_000_000, burst: 1 };
    const judged = backTest(setOf([aRule({ throttle })]), CONTEXT);
    for (let no = 0; no < 50_010; no += 1) {
      judged.judge(anEvent({ receivedAt: iso(START_MS + no), detail: { host: "vm-1", usage: 90 } }));
    }
    assert.deepEqual(judged.counts()[0]?.held, { throttled: 50_009 });
  });
});
