import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { taskId } from "../../../core/ids/index.ts";
import {
  type ElementVerdict,
  elementVerdict,
  firedVerdict,
  judge,
  MAX_ELEMENTS,
  type Rule,
  takeOf,
  tasksMade,
} from "../../../core/rules/index.ts";
import { DEFAULT_SETTINGS, taskOfRule } from "../../../core/tasks/index.ts";
import type { Grant } from "../../../core/throttle/index.ts";
import { anEvent } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { aCluster, aContext, aRule, setOf } from "./a-rule.ts";

const DISKS = [
  { mount: "/data", usage: 91 },
  { mount: "/var", usage: 95 },
];
const EACH: Partial<Rule> = {
  forEach: "detail.disks",
  params: { mount: "{{ item.mount }}", index: "{{ index }}", host: "{{ detail.host }}" },
  targets: ["{{ detail.host }}:{{ item.mount }}"],
  throttle: { key: "{{ detail.host }}{{ item.mount }}", limit: 1, perMs: 600_000, burst: 1 },
};

function judged(rule: Partial<Rule>, disks: unknown, context = aContext()) {
  const detail = { ...anEvent().detail, disks } as ReturnType<typeof anEvent>["detail"];
  const [judgement] = judge(setOf(aRule(rule)), anEvent({ detail }), context);
  return judgement ?? assert.fail("the rule does not read this type");
}

function fired(rule: Partial<Rule>, disks: unknown = DISKS) {
  const judgement = judged(rule, disks);
  return judgement.outcome === "fires" ? judgement : assert.fail(JSON.stringify(judgement.verdict));
}

describe("a rule with forEach", () => {
  test("renders params, targets and throttle key for each element", () => {
    const { firings } = fired(EACH);
    assert.deepEqual(
      firings.map(({ index, throttleKey, rendered }) => [
        index,
        throttleKey,
        rendered.params,
        rendered.targets,
      ]),
      [
        [0, "vm-1/data", { mount: "/data", index: 0, host: "vm-1" }, ["vm-1:/data"]],
        [1, "vm-1/var", { mount: "/var", index: 1, host: "vm-1" }, ["vm-1:/var"]],
      ],
    );
  });

  test("gives each element a task id of its own, and the same each time", () => {
    const judgement = fired(EACH);
    const making = { nowMs: START_MS, settings: DEFAULT_SETTINGS, depth: 0, causes: [] };
    const tasks = judgement.firings.map(
      (firing) => taskOfRule(judgement.rule, anEvent(), firing, making).task,
    );
    assert.deepEqual(
      tasks.map(({ id, forEachIndex }) => [id, forEachIndex]),
      [0, 1].map((index) => [taskId(anEvent().id, "vm-disk-cleanup", index), index]),
    );
    assert.notEqual(tasks[0]?.hash, tasks[1]?.hash);
  });

  test("leaves out the element that cannot be rendered and names it", () => {
    const judgement = fired(EACH, [...DISKS, { usage: 1 }, "text"]);
    assert.equal(judgement.firings.length, 2);
    assert.deepEqual(
      judgement.unfit.map(({ index, reason }) => [index, reason]),
      [
        [2, "params_failed"],
        [3, "params_failed"],
      ],
    );
    assert.match(judgement.unfit[0]?.message ?? "", /^params\.mount: .*mount/);
  });

  const held: readonly [disks: unknown, reason: string, message: RegExp][] = [
    [undefined, "params_failed", /forEach: detail\.disks is not a list/],
    ["/data", "params_failed", /is not a list/],
    [{ 0: "a" }, "params_failed", /is not a list/],
    [[], "no_elements", /detail\.disks is empty/],
    [Array(MAX_ELEMENTS + 1).fill(DISKS[0]), "too_many_elements", /has 51 elements, at most 50/],
    [[1, 2], "params_failed", /^params\.mount/],
  ];
  for (const [disks, reason, message] of held) {
    test(`is held for ${reason} by ${JSON.stringify(disks)?.slice(0, 40)}`, () => {
      const { outcome, verdict } = judged(EACH, disks);
      assert.deepEqual([outcome, verdict.reason], ["held", reason]);
      assert.match(verdict.message ?? "", message);
    });
  }

  test("takes as many elements as are allowed", () => {
    assert.equal(fired(EACH, Array(MAX_ELEMENTS).fill(DISKS[0])).firings.length, MAX_ELEMENTS);
  });
});

test("without forEach a template knows no item", () => {
  const { forEach: _, ...rule } = EACH;
  assert.equal(judged(rule, DISKS).verdict.reason, "params_failed");
});

describe("what a task asks of the throttle", () => {
  const shared = [
    { name: "day", by: "all", limit: 9, perMs: 1, burst: 9 },
    { name: "team", by: "business", limit: 8, perMs: 1, burst: 8 },
    { name: "load", by: "cluster", limit: 7, perMs: 1, burst: 7 },
  ] as const;
  const at = { grantId: "t_1", atMs: START_MS };

  test("is its own bucket first, then the shared ones", () => {
    const judgement = judged({ shared }, [], aContext({ clusters: [aCluster(), aCluster({ name: "sh" })] }));
    assert.ok(judgement.outcome === "fires");
    const take = takeOf(judgement, judgement.firings[0], at);
    assert.deepEqual(
      [take?.key, ...(take?.also ?? []).map(({ key }) => key)],
      ["vm-disk-cleanup:shop_vm-1", "@day", "@team:shop", "@load:hz-core", "@load:sh"],
    );
  });

  test("is the shared ones alone where the rule has none of its own", () => {
    const { throttle: _, ...rule } = aRule({ shared: [shared[0]] });
    const [judgement] = judge(setOf(rule), anEvent(), aContext());
    assert.ok(judgement?.outcome === "fires");
    const take = takeOf(judgement, judgement.firings[0], at);
    assert.deepEqual(take, { ...at, key: "@day", limit: 9, perMs: 1, burst: 9 });
  });
});

describe("the verdict over several tasks", () => {
  const bucket = { key: "k", tokens: 0, burst: 1, nextAtMs: 5, held: 3 };
  const grant: Grant = { outcome: "held", reason: "no_token", bucket, also: [bucket], heldBefore: 0 };

  test("is what became of the only one, without forEach", () => {
    const judgement = fired({});
    const made = firedVerdict(judgement, [elementVerdict(0, { taskId: "t_1" })]);
    assert.deepEqual(made, { ...judgement.verdict, taskId: "t_1" });
    const held = firedVerdict(judgement, [elementVerdict(0, { taskId: "t_1", grant })]);
    const throttle = { ...bucket, also: [bucket] };
    assert.deepEqual(held, { ...judgement.verdict, outcome: "held", reason: "throttled", throttle });
    assert.deepEqual([tasksMade(made), tasksMade(held)], [1, 0]);
  });

  test("has fired when one element has, and names each in order", () => {
    const judgement = fired(EACH, [{ usage: 1 }, ...DISKS]);
    const answers = [elementVerdict(1, { taskId: "t_1", grant }), elementVerdict(2, { taskId: "t_2" })];
    const verdict = firedVerdict(judgement, answers);
    assert.deepEqual([verdict.outcome, verdict.reason, verdict.taskId], ["fired", "fired", "t_2"]);
    assert.deepEqual(
      verdict.elements?.map(({ index, reason }: ElementVerdict) => [index, reason]),
      [
        [0, "params_failed"],
        [1, "throttled"],
        [2, "fired"],
      ],
    );
    assert.equal(tasksMade(verdict), 1);
  });

  test("is held with the first element's reason when none has", () => {
    const verdict = firedVerdict(
      fired(EACH),
      [0, 1].map((index) => elementVerdict(index, { grant })),
    );
    assert.deepEqual([verdict.outcome, verdict.reason, tasksMade(verdict)], ["held", "throttled", 0]);
  });
});
