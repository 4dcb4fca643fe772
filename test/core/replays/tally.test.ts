import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeAgain, newReplay, tallyFrom } from "../../../core/replays/index.ts";
import { ruleSet } from "../../../core/rules/index.ts";
import { upTo } from "../../contract/harness.ts";
import { anEvent } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { anOrder } from "../../support/replays.ts";
import { shownAll } from "../../support/secrecy.ts";
import { aRule } from "../../support/tasks.ts";

const EMPTY = newReplay(anOrder(), { id: "r_1", by: "local", nowMs: START_MS }).progress;

function judged(event: Parameters<typeof judgeAgain>[0]) {
  const rules = ruleSet([aRule(), aRule({ id: "other", params: { text: "{{ detail.text }}" } })]);
  assert.ok(rules.outcome === "compiled");
  const clusters = [{ name: "hz", businesses: ["shop"] }] as never;
  const again = judgeAgain(event, anOrder(), {
    set: rules.set,
    context: { nowMs: START_MS, clusters, policies: [] },
  });
  assert.ok(again.outcome === "judged");
  return again.judgements;
}

function tallied(events: ReturnType<typeof anEvent>[], from = EMPTY) {
  const tally = tallyFrom(from, shownAll);
  for (const event of events) {
    for (const judgement of judged(event)) tally.outcome(event, { judgement, verdict: judgement.verdict });
    tally.event();
  }
  return { ...EMPTY, ...tally.progress() };
}

test("keeps five samples of one rule with one reason, and counts all", () => {
  const events = upTo(9).map((no) => anEvent({ id: `e_${no}`, detail: { host: "h", text: "t" } }));
  const { samples, rules, tasks } = tallied(events);
  assert.deepEqual([samples.length, tasks], [10, 18]);
  assert.deepEqual(
    rules.map(({ fired }) => fired),
    [9, 9],
  );
});

test("goes on from earlier progress as if it had never stopped", () => {
  const events = upTo(9).map((no) =>
    anEvent({ id: `e_${no}`, detail: { host: "h", text: "t" }, status: no % 2 ? "firing" : "resolved" }),
  );
  const half = tallied(events.slice(0, 4));
  assert.deepEqual(tallied(events.slice(4), half), tallied(events));
});

test("leaves params that are too large out of a sample", () => {
  const [, other] = tallied([anEvent({ detail: { host: "h", text: "x".repeat(5_000) } })]).samples;
  assert.equal(other?.work?.params, null);
});
