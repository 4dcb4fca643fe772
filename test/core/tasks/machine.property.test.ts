import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  approvers,
  bindingHash,
  hasQuorum,
  needsReason,
  REASON_MODES,
  REJECT_MODES,
  validDecisions,
} from "../../../core/approvals/index.ts";
import {
  type Click,
  DEFAULT_SETTINGS,
  isTerminal,
  step,
  type Task,
  type TaskInput,
} from "../../../core/tasks/index.ts";
import { isStartOpen } from "../../../core/tasks/open-start.ts";
import { START_MS } from "../../support/clock.ts";
import { aClick, aMadeTask, anExecution, aStanding, aStop, entitledFor } from "../../support/tasks.ts";

type Move = (task: Task) => TaskInput;

const person = fc.constantFrom("zhangsan", "lisi", "wangwu");
const GROUPS = ["dba", "owner", "escalate[0]"];
const entitlement: fc.Arbitrary<Click["entitlement"]> = fc.oneof(
  { weight: 3, arbitrary: fc.subarray(GROUPS, { minLength: 1 }).map((groups) => entitledFor(...groups)) },
  { weight: 1, arbitrary: fc.constantFrom({ outcome: "not_entitled" }, { outcome: "inactive" }) },
);
const clickOf = fc.record({ by: person, entitlement, cardNo: fc.integer({ min: 1, max: 3 }) });
const click = clickOf.map((facts) => aClick({ ...facts, code: `code-${Math.abs(facts.cardNo)}` }));
const reasonOf = fc.record({ by: person, entitlement, text: fc.constantFrom("维护中", "\n") });
let messages = 0;
const status = fc.constantFrom(
  "requested",
  "running",
  "paused",
  "canceling",
  "succeeded",
  "failed",
  "canceled",
);

const moves: fc.Arbitrary<Move> = fc.oneof(
  ...(["approve", "reject", "refresh", "again", "give_up"] as const).map((kind) =>
    click.map(
      (c): Move =>
        () => ({ kind, click: c }),
    ),
  ),
  reasonOf.map(
    (given): Move =>
      () => ({ kind: "reason", ...given, key: `message-${++messages}` }),
  ),
  fc.constant<Move>(() => ({ kind: "tick" })),
  fc.constant<Move>((task) => ({ kind: "intend", sender: "w", standing: aStanding(task) })),
  fc.constant<Move>((task) => ({
    kind: "intend",
    sender: "w",
    standing: { ...aStanding(task), digest: "9".repeat(64) },
  })),
  fc.constantFrom("started", "unknown", "not_sent", "refused").map(
    (outcome): Move =>
      (task) =>
        ({
          kind: "start_answer",
          requestId: task.start?.requestId ?? "",
          answer:
            outcome === "started"
              ? { outcome, execution: anExecution("requested") }
              : { outcome, message: "m" },
        }) as TaskInput,
  ),
  fc.boolean().map(
    (there): Move =>
      () => ({
        kind: "look",
        sighting: there ? { outcome: "found", execution: anExecution("running") } : { outcome: "absent" },
      }),
  ),
  status.map(
    (s): Move =>
      () => ({ kind: "news", execution: anExecution(s) }),
  ),
  fc.integer({ min: 1, max: 3 }).map(
    (cardNo): Move =>
      () => ({
        kind: "card_sent",
        cardNo,
        recipients: ["lisi"],
        unreachable: [],
        code: `send-${cardNo}`,
      }),
  ),
  fc
    .constantFrom<TaskInput>(
      { kind: "gone" },
      { kind: "withdraw" },
      { kind: "hold", stop: aStop() },
      { kind: "release" },
    )
    .map(
      (input): Move =>
        () =>
          input,
    ),
);

function askedBy({ origin }: Task): string {
  return (origin.kind === "rule" ? null : origin.by) ?? "nobody";
}

/** What must hold after any step, whatever came before. */
function check(before: Task, input: TaskInput, after: Task): void {
  if (isTerminal(before.state)) assert.equal(after.state, before.state, "terminal stays terminal");
  assert.equal(after.dueAtMs === null, isTerminal(after.state), "a due time while open, none after");
  assert.equal(bindingHash(after), after.hash, "the binding never drifts");
  const intended = before.state !== "starting" && after.state === "starting";
  if (intended) {
    assert.ok(hasQuorum(before), "never intended without a quorum");
    assert.ok(!approvers(before).includes(askedBy(before)), "never approved by who asked for it");
    const bare = validDecisions(before).filter(
      (one) => !one.reason && needsReason(before.approval, one.verdict),
    );
    assert.deepEqual(bare, [], "never by a decision without the reason that it needs");
  }
  const endsAnyhow = after.state === "gave_up" || after.reason === "start_refused";
  if (isTerminal(after.state) && !endsAnyhow) assert.ok(!isStartOpen(after), "never over while it may run");
  if (after.state === "withdrawn") assert.equal(after.start, null, "what was intended is never taken back");
  if (after.startNo > before.startNo) assert.equal(input.kind, "again", "another start only by a person");
}

test("random lives of a task never break an invariant", () => {
  const life = fc.record({
    needs: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 1 })),
    ...{ reject: fc.constantFrom(...REJECT_MODES), reason: fc.constantFrom(...REASON_MODES) },
    asker: fc.option(person),
    onTimeout: fc.constantFrom("reject", "escalate"),
    moves: fc.array(fc.tuple(moves, fc.integer({ min: 0, max: 400_000 })), { maxLength: 40 }),
  });
  fc.assert(
    fc.property(life, ({ needs: [dba, owner], asker, moves: steps, ...modes }) => {
      const groups = [
        { name: "dba", from: { tag: "a" }, need: dba },
        { name: "owner", from: { users: ["lisi", "wangwu"] }, need: owner },
      ];
      const escalate = [{ afterMs: 300_000, to: { tag: "leads" }, need: 2, timeoutMs: 400_000 }];
      const approval = {
        ...{ mode: "people" as const, groups: groups.filter(({ need }) => need > 0), escalate },
        ...{ timeoutMs: 600_000, ...modes },
      };
      const replayed = asker === null ? {} : { replayed: { replay: "r_1", by: asker } };
      let task = aMadeTask({ rule: { approval }, ...replayed });
      let nowMs = START_MS;
      for (const [inputOf, pauseMs] of steps) {
        nowMs += pauseMs;
        const input = inputOf(task);
        const result = step(task, input, { nowMs, settings: DEFAULT_SETTINGS });
        assert.ok(result.reason.length > 0);
        check(task, input, result.task);
        task = result.task;
      }
    }),
    { numRuns: 3000 },
  );
});

test("one code is never spent twice", () => {
  fc.assert(
    fc.property(fc.array(moves, { maxLength: 40 }), (steps) => {
      let task = aMadeTask();
      const spent: string[] = [];
      for (const [i, inputOf] of steps.entries()) {
        const input = inputOf(task);
        // Every callback and every sending brings a code of its own.
        if ("click" in input) input.click = { ...input.click, code: `click-code-${i}` };
        if (input.kind === "card_sent") input.code = `send-code-${i}`;
        const result = step(task, input, { nowMs: START_MS + i * 1000, settings: DEFAULT_SETTINGS });
        for (const effect of result.effects) if (effect.kind === "update") spent.push(effect.code);
        task = result.task;
      }
      assert.equal(new Set(spent).size, spent.length);
    }),
    { numRuns: 2000 },
  );
});
