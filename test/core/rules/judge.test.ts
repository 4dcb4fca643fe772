import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { TASK_ENDED_TYPE, type WhaleEvent } from "../../../core/events/index.ts";
import { type JudgeContext, type Judgement, judge, MAX_DEPTH, type Rule } from "../../../core/rules/index.ts";
import { anEvent } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { aCluster, aContext, aPolicy, aRule, setOf } from "./a-rule.ts";

function judged(rule: Rule, event: WhaleEvent, context: JudgeContext = aContext()): Judgement {
  const [judgement, ...more] = judge(setOf(rule), event, context);
  assert.equal(more.length, 0);
  return judgement ?? assert.fail("the rule does not read this type");
}

function fired(rule: Rule, event: WhaleEvent = anEvent(), context: JudgeContext = aContext()) {
  const judgement = judged(rule, event, context);
  return judgement.outcome === "fires" ? judgement : assert.fail(JSON.stringify(judgement.verdict));
}

function verdict(rule: Rule, event: WhaleEvent = anEvent(), context: JudgeContext = aContext()) {
  const judgement = judged(rule, event, context);
  return judgement.outcome === "held" ? judgement.verdict : assert.fail("it fired");
}

const offer = {
  id: "view",
  title: "查看占用",
  action: "disk.show",
  params: { host: "{{ detail.host }}" },
  approval: { mode: "policy" as const, policy: "read-only" },
};

test("an event that fits makes a task with everything rendered", () => {
  const card = {
    rows: [
      { label: "用量", value: "{{ detail.usage }}%" },
      { label: "缺失", value: "{{ detail.gone }}" },
      { label: "主机", value: "{{ detail.host }}" },
    ],
    text: "{{ title }}",
  };
  const judgement = fired(aRule({ card, offers: [offer] }));
  assert.deepEqual(judgement.firings[0].rendered, {
    params: { host: "vm-1", paths: ["/var/log"], dry_run: false },
    targets: ["vm-1"],
    clusters: ["hz-core"],
    approval: aRule().approval,
    rows: [
      { label: "用量", value: "91%" },
      { label: "主机", value: "vm-1" },
    ],
    text: "磁盘使用率过高 vm-1",
    offers: [
      {
        id: "view",
        title: "查看占用",
        action: "disk.show",
        params: { host: "vm-1" },
        approval: { mode: "policy", policy: aPolicy() },
        clusters: ["hz-core"],
      },
    ],
  });
  assert.equal(judgement.firings[0].throttleKey, "shop_vm-1");
});

test("the verdict of a task names event, rule and version, judged at the receipt", () => {
  const { verdict: told, version } = fired(aRule());
  assert.deepEqual(told, {
    eventId: anEvent().id,
    ruleId: "vm-disk-cleanup",
    ruleVersion: version,
    outcome: "fired",
    reason: "fired",
    at: anEvent().receivedAt,
  });
});

test("a rule without throttle and card text has neither", () => {
  const { throttle: _, ...rule } = aRule();
  const judgement = fired(rule);
  assert.equal(judgement.firings[0].throttleKey, undefined);
  assert.equal("text" in judgement.firings[0].rendered, false);
});

test("a rule that names another type says nothing", () => {
  assert.deepEqual(judge(setOf(aRule({ on: ["other"] })), anEvent(), aContext()), []);
});

test("each rule of the type answers, whatever the others say", () => {
  const set = setOf(aRule({ id: "a", targets: ["{{ gone }}"] }), aRule({ id: "b" }));
  const outcomes = judge(set, anEvent(), aContext()).map((j) => [j.verdict.ruleId, j.verdict.reason]);
  assert.deepEqual(outcomes, [
    ["a", "params_failed"],
    ["b", "fired"],
  ]);
});

describe("an event is held back", () => {
  test("as not_firing when it tells of a recovery", () => {
    assert.equal(verdict(aRule(), anEvent({ status: "resolved" })).reason, "not_firing");
  });

  test("not as not_firing when it is a point", () => {
    fired(aRule(), anEvent({ status: "point" }));
  });

  test("as event_invalid when it does not fit its type, naming the place", () => {
    const violations = [{ path: "detail.usage", message: "must be number" }];
    const held = verdict(aRule(), anEvent({ violations }));
    assert.deepEqual([held.reason, held.message], ["event_invalid", "detail.usage: must be number"]);
  });

  test("as stale only when it is older than the rule takes", () => {
    const rule = aRule({ maxAgeMs: 60_000 });
    fired(rule, anEvent(), aContext({ nowMs: START_MS + 60_000 }));
    const held = verdict(rule, anEvent(), aContext({ nowMs: START_MS + 60_001 }));
    assert.equal(held.reason, "stale");
    assert.match(held.message ?? "", /1m/);
  });

  test("as stale by the instant that its age is judged at, where that is another one", () => {
    const rule = aRule({ maxAgeMs: 60_000 });
    fired(rule, anEvent(), aContext({ nowMs: START_MS + 99_000_000, ageAtMs: START_MS }));
  });

  test("as a repeat unless the rule asks for repeats", () => {
    const event = anEvent({ repeatOf: "e_first" });
    assert.equal(verdict(aRule(), event).reason, "repeat");
    fired(aRule({ repeats: true }), event);
  });

  test("as late when it tells of what has recovered since, also where the rule asks for repeats", () => {
    const event = anEvent({ repeatOf: "e_first", late: true });
    for (const repeats of [false, true]) {
      const held = verdict(aRule({ repeats }), event);
      assert.deepEqual([held.reason, held.message], ["late", "came after the recovery of e_first"]);
    }
  });

  test("as feature_failed with the feature that failed", () => {
    const held = verdict(aRule(), anEvent({ labels: { env: "test" } }));
    assert.equal(held.reason, "feature_failed");
    assert.deepEqual(held.feature, {
      index: 0,
      path: "labels.env",
      op: "equals",
      expected: "prod",
      actual: "test",
    });
  });

  const failing: [string, Partial<Rule>, RegExp][] = [
    [
      "a param names a missing field",
      { params: { a: { b: "{{ detail.gone }}" } } },
      /^params\.a\.b: undefined/,
    ],
    ["a target names a missing field", { targets: ["{{ detail.gone }}"] }, /^targets\.0: undefined/],
    [
      "a target is empty",
      { targets: ["a", "{{ detail.host | replace: 'vm-1', ' ' }}"] },
      /^targets\.1: 是空的 \(is empty\)/,
    ],
    ["a target is an object", { targets: ["{{ detail }}"] }, /^targets\.0: 不是文本 \(is not a text\)/],
    ["a target is null", { targets: ["{{ nil }}"] }, /^targets\.0: 不是文本 \(is not a text\)/],
    [
      "the throttle key names a missing field",
      { throttle: { key: "{{ gone }}", limit: 1, perMs: 1, burst: 1 } },
      /^throttle\.key: undefined/,
    ],
    [
      "the throttle key is longer than is kept",
      { throttle: { key: `{{ detail.host }}${"k".repeat(256)}`, limit: 1, perMs: 1, burst: 1 } },
      /^throttle\.key: 超过 256 个字符 \(is longer than 256/,
    ],
  ];
  for (const [name, overrides, message] of failing) {
    test(`as params_failed when ${name}`, () => {
      const held = verdict(aRule(overrides));
      assert.equal(held.reason, "params_failed");
      assert.match(held.message ?? "", message);
    });
  }

  for (const evil of ["{{ st2kv.system.password }}", "{% raw %}", "a {{"]) {
    test(`as params_failed when a rendered param or target holds ${evil}`, () => {
      const event = anEvent({ detail: { host: evil, app: "a", usage: 91, paths: [{ deep: evil }] } });
      const inParams = verdict(aRule({ targets: [] }), event);
      assert.equal(inParams.reason, "params_failed");
      assert.match(inParams.message ?? "", /^params\.host: 含有.*\(holds/);
      const deep = verdict(aRule({ targets: [], params: { p: "{{ detail.paths }}" } }), event);
      assert.match(deep.message ?? "", /^params\.p\.0\.deep: 含有/);
      const inTarget = verdict(aRule({ params: {} }), event);
      assert.match(inTarget.message ?? "", /^targets\.0: 含有/);
    });
  }

  test("as no_allowed_cluster when none serves the business", () => {
    const clusters = [aCluster({ businesses: ["pay"] })];
    assert.equal(verdict(aRule(), anEvent(), aContext({ clusters })).reason, "no_allowed_cluster");
  });

  const byPolicy = aRule({ action: "disk.show", approval: { mode: "policy", policy: "read-only" } });
  const voidPolicies: [string, JudgeContext["policies"], RegExp][] = [
    ["is missing", [], /read-only 不存在 \(there is no such policy\)/],
    ["has expired", [aPolicy({ expires: "2026-02-01" })], /已到期 \(has expired\)/],
    ["is not for the action", [aPolicy({ actions: ["dmesg.show"] })], /不包括这个动作/],
    ["was edited after its approval", [{ ...aPolicy(), expires: "2040-01-01" }], /批准后被改动过 \(edited/],
  ];
  for (const [name, policies, message] of voidPolicies) {
    test(`as policy_void when the policy ${name}`, () => {
      const held = verdict(byPolicy, anEvent(), aContext({ policies }));
      assert.equal(held.reason, "policy_void");
      assert.match(held.message ?? "", message);
    });
  }

  test("not when the policy is good: the task then carries it", () => {
    assert.deepEqual(fired(byPolicy).firings[0].rendered.approval, { mode: "policy", policy: aPolicy() });
  });
});

describe("the end of a task starts the next", () => {
  const rule = aRule({ on: [TASK_ENDED_TYPE], features: [], targets: [], params: {} });
  const { throttle: _, ...ended } = rule;
  const end = (depth: number) => anEvent({ type: TASK_ENDED_TYPE, status: "point", detail: { depth } });

  test("until the chain is as deep as allowed", () => {
    fired(ended, end(MAX_DEPTH - 1));
    assert.equal(verdict(ended, end(MAX_DEPTH)).reason, "too_deep");
  });

  test("as often as the rule allows for one subject", () => {
    const rounds = (count: number) =>
      aContext({ rounds: (id, subject) => (id === rule.id && subject === "vm-1" ? count : 0) });
    fired(ended, end(1), rounds(3));
    assert.equal(verdict(ended, end(1), rounds(4)).reason, "too_many_rounds");
  });

  test("and never when the depth is no number", () => {
    const event = anEvent({ type: TASK_ENDED_TYPE, detail: { depth: "deep" } });
    assert.equal(verdict(ended, event).reason, "too_deep");
  });
});

test("the checks are asked in their order: the first that holds gives the reason", () => {
  const worst = anEvent({
    status: "resolved",
    violations: [{ path: "detail", message: "x" }],
    repeatOf: "e_1",
    labels: {},
  });
  const context = aContext({ nowMs: START_MS + 10 ** 9, clusters: [], policies: [] });
  const rule = aRule({ targets: ["{{ gone }}"], approval: { mode: "policy", policy: "none" } });
  const { repeatOf: _, ...first } = worst;
  const late = START_MS + 10 ** 9;
  const steps: [WhaleEvent, Partial<Rule>, Partial<JudgeContext>, string][] = [
    [worst, {}, {}, "not_firing"],
    [{ ...worst, status: "firing" }, {}, {}, "event_invalid"],
    [{ ...worst, status: "firing", violations: [] }, {}, {}, "stale"],
    [{ ...worst, status: "firing", violations: [] }, {}, { nowMs: START_MS }, "repeat"],
    [{ ...first, status: "firing", violations: [] }, { maxAgeMs: late }, {}, "feature_failed"],
    [anEvent(), {}, { nowMs: START_MS }, "params_failed"],
    [anEvent(), { targets: [] }, { nowMs: START_MS }, "no_allowed_cluster"],
    [anEvent(), { targets: [] }, { nowMs: START_MS, clusters: [aCluster()] }, "policy_void"],
  ];
  for (const [event, overrides, facts, reason] of steps) {
    assert.equal(verdict({ ...rule, ...overrides }, event, { ...context, ...facts }).reason, reason);
  }
});

test("templates read the event's own fields, and its type by either name", () => {
  const params = {
    t: "{{ event_type }}",
    u: "{{.type}}",
    s: "{{ severity }}-{{ subject }}",
    r: "{{ receivedAt }}",
  };
  const { params: rendered } = fired(aRule({ params })).firings[0].rendered;
  const type = "vm.disk.usage";
  assert.deepEqual(rendered, { t: type, u: type, s: "critical-vm-1", r: anEvent().receivedAt });
});

test("a target that renders to a list stands for as many targets", () => {
  const event = anEvent({ detail: { host: "vm-1", app: "a", usage: 91, paths: ["/a"], hosts: ["vm-2", 3] } });
  const judgement = fired(aRule({ targets: ["{{ detail.hosts }}", "{{ detail.host }}"] }), event);
  assert.deepEqual(judgement.firings[0].rendered.targets, ["vm-2", "3", "vm-1"]);
});

test("an offer that fails, would be rendered by StackStorm, or whose policy is void is left out; the task is made", () => {
  const offers = [
    { ...offer, id: "gone", params: { a: "{{ detail.gone }}" } },
    { ...offer, id: "evil", params: { a: "{{ annotations.evil }}" } },
    { ...offer, id: "void", action: "disk.cleanup" },
    offer,
  ];
  const judgement = fired(aRule({ offers }), anEvent({ annotations: { evil: "{{ x }}" } }));
  assert.deepEqual(
    judgement.firings[0].rendered.offers.map(({ id }) => id),
    ["view"],
  );
});

test("judging changes neither event nor context and gives the same answer again", () => {
  const [event, context, set] = [anEvent(), aContext(), setOf(aRule({ offers: [offer] }))];
  const before = structuredClone({ event, clusters: context.clusters, policies: context.policies });
  const first = judge(set, event, context);
  assert.deepEqual(judge(set, event, context), first);
  assert.deepEqual({ event, clusters: context.clusters, policies: context.policies }, before);
});

test("judging never throws, whatever the detail holds", () => {
  const set = setOf(aRule({ features: [], offers: [offer] }));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (extra, host) => {
      const detail = JSON.parse(
        JSON.stringify({ ...extra, host, app: "a", paths: [host] }),
      ) as WhaleEvent["detail"];
      const [judgement] = judge(set, anEvent({ detail }), aContext());
      assert.ok(judgement?.outcome === "fires" || judgement?.verdict.reason === "params_failed");
    }),
    { numRuns: 1000 },
  );
});
