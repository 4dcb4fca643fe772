import assert from "node:assert/strict";
import { test } from "node:test";
import {
  afterLooking,
  afterTelling,
  formOf,
  giveAnswer,
  mootQuestion,
  type Question,
  readResponse,
  writtenResponse,
} from "../../../core/inquiries/index.ts";
import { orderKey } from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aMadeTask } from "../../support/tasks.ts";

const flag = { type: "boolean", description: "Go on?", required: true };
const size = { type: "string", enum: ["s", "m"] };
const one = { properties: { continue: flag } };

function aQuestion(overrides: Partial<Question> = {}): Question {
  return {
    ...{ id: "q_one", cluster: "hz", inquiry: "i1", taskId: "t_one", schema: one, users: [], roles: [] },
    ...{ askedAtMs: START_MS, untilMs: null, card: { recipients: [], sentAtMs: null, codes: [] } },
    ...{ answer: null, refused: [], end: null, endedAtMs: null, ...overrides },
  };
}

const entitled = { outcome: "entitled" as const, groups: ["approvers"] };
const order = { by: "lisi", entitlement: entitled, key: "k1", response: { continue: true } };

test("a boolean is asked for by buttons, few choices by dropdowns, anything else in writing", () => {
  assert.equal(formOf(one).kind, "yes_no");
  assert.equal(formOf({ properties: { continue: flag, size } }).kind, "choices");
  assert.equal(formOf({ properties: { size } }).kind, "choices");
  const many = { type: "integer", enum: Array.from({ length: 10 }, (_, n) => n) };
  const long = { enum: ["an option that no client would show whole"] };
  for (const spec of [many, long, { type: "string" }, { type: "number" }]) {
    assert.equal(formOf({ properties: { spec } }).kind, "written");
  }
  assert.equal(formOf({ properties: { a: size, b: size, c: size, d: size } }).kind, "written");
  assert.equal(formOf({}).kind, "written");
});

test("an answer is cast and checked by the schema before it is sent", () => {
  const schema = {
    properties: { count: { type: "integer", maximum: 3, required: true }, note: { type: "string" } },
  };
  assert.deepEqual(readResponse(schema, { count: "2" }), { outcome: "fits", response: { count: 2 } });
  for (const given of [
    {},
    { count: "x" },
    { count: 4 },
    { count: 1, other: 1 },
    { count: 1, note: "{{ x }}" },
  ]) {
    assert.equal(readResponse(schema, given).outcome, "misfits", JSON.stringify(given));
  }
});

test("a message says values by their names, or the one value alone", () => {
  const schema = { properties: { count: {}, note: {} } };
  assert.deepEqual(writtenResponse(schema, "count=2 note=all is = well"), {
    count: "2",
    note: "all is = well",
  });
  assert.deepEqual(writtenResponse(one, "true"), { continue: "true" });
  assert.deepEqual(writtenResponse(schema, "true"), {});
});

test("a key is of one answer: another under it is refused, while that one waits and after it was not taken", () => {
  const keyed = (name: string, yes: boolean) => {
    const response = { continue: yes };
    return { ...order, key: orderKey(name, { what: "answer", response }), response };
  };
  const given = giveAnswer(aQuestion(), aMadeTask(), keyed("k1", true), START_MS);
  assert.ok(given.outcome === "given");
  const notTaken = afterTelling(given.next, { outcome: "refused", message: "no" }, START_MS);
  assert.ok(notTaken);
  for (const question of [given.next, notTaken]) {
    assert.equal(giveAnswer(question, aMadeTask(), keyed("k1", true), START_MS).outcome, "repeated");
    const other = giveAnswer(question, aMadeTask(), keyed("k1", false), START_MS);
    assert.deepEqual(other, { outcome: "refused", reason: "key_reused" });
  }
  assert.equal(giveAnswer(notTaken, aMadeTask(), keyed("k2", false), START_MS).outcome, "given");
});

test("exactly one answer is under way, and the same click counts once", () => {
  const given = giveAnswer(aQuestion(), aMadeTask(), order, START_MS);
  assert.ok(given.outcome === "given");
  assert.equal(giveAnswer(given.next, aMadeTask(), order, START_MS).outcome, "repeated");
  const other = giveAnswer(given.next, aMadeTask(), { ...order, by: "zhangsan", key: "k2" }, START_MS);
  assert.deepEqual(other, { outcome: "refused", reason: "answer_given" });
  const over = mootQuestion(given.next, START_MS) ?? given.next;
  const late = giveAnswer(over, aMadeTask(), { ...order, key: "k3" }, START_MS);
  assert.deepEqual(late, { outcome: "refused", reason: "question_over" });
});

test("who may not decide about the task may not answer, nor who asked for it", () => {
  const stranger = { ...order, entitlement: { outcome: "not_entitled" as const } };
  const refused = giveAnswer(aQuestion(), aMadeTask(), stranger, START_MS);
  assert.deepEqual(refused, { outcome: "refused", reason: "not_entitled" });
  const own = { ...aMadeTask(), origin: { kind: "replay" as const, replay: "r1", by: "lisi" } };
  assert.deepEqual(giveAnswer(aQuestion(), own, order, START_MS), {
    outcome: "refused",
    reason: "own_request",
  });
  const standing = { ...order, by: "wangwu", standsFor: [{ person: "lisi", groups: [] }] };
  const place = giveAnswer(aQuestion(), own, standing, START_MS);
  assert.deepEqual(place, { outcome: "refused", reason: "own_request" });
});

test("what the engine says of an answer ends the question, or opens it again", () => {
  const given = giveAnswer(aQuestion(), aMadeTask(), order, START_MS);
  assert.ok(given.outcome === "given");
  const { next } = given;
  assert.equal(afterTelling(next, { outcome: "answered" }, START_MS)?.end, "answered");
  for (const [status, end] of [
    ["succeeded", "elsewhere"],
    ["timeout", "lapsed"],
    ["canceled", "moot"],
  ] as const) {
    assert.equal(afterTelling(next, { outcome: "settled", status }, START_MS)?.end, end);
    assert.equal(afterLooking(aQuestion(), status, START_MS)?.end, end);
  }
  assert.equal(afterTelling(next, { outcome: "open", message: "away" }, START_MS)?.answer?.tries, 1);
  const reopened = afterTelling(next, { outcome: "refused", message: "no" }, START_MS);
  assert.deepEqual([reopened?.answer, reopened?.end], [null, null]);
  assert.equal(giveAnswer(reopened ?? next, aMadeTask(), order, START_MS).outcome, "repeated");
  assert.equal(afterLooking(aQuestion(), "pending", START_MS), null);
  assert.equal(afterLooking(next, "succeeded", START_MS), null, "an answer under way is told by telling");
});
