import assert from "node:assert/strict";
import { test } from "node:test";
import { occurrenceOf, occurrencesOf, refusalOf } from "./deliver.ts";

const EVENT = {
  rule_id: 1,
  rule_name: "盘满",
  hash: "h1",
  severity: 2,
  tags: ["ident=vm-1", "path=/"],
  trigger_value: "97",
};

test("reads an event, a list of them and the channel's wrapper alike", () => {
  const [alone] = occurrencesOf("nightingale", EVENT);
  assert.deepEqual(occurrencesOf("nightingale", [EVENT]), [alone]);
  assert.deepEqual(occurrencesOf("nightingale", { events: [EVENT], sendtos: ["u"], tpl: {} }), [alone]);
});

test("keeps two thresholds of one thing in one order although they are two incidents", () => {
  const [low, high] = occurrencesOf("nightingale", [EVENT, { ...EVENT, hash: "h2", severity: 1 }]);
  assert.notEqual(low?.incident, high?.incident);
  assert.equal(low?.fingerprint, high?.fingerprint);
});

test("goes by is_recovered alone: status stays 0 and the value is that of the firing", () => {
  const rule_config = { queries: [{}, {}] };
  const firing = occurrenceOf("nightingale", { ...EVENT, status: 0, rule_config });
  const over = occurrenceOf("nightingale", {
    ...EVENT,
    status: 0,
    rule_config,
    is_recovered: true,
    last_eval_time: 1772380800,
  });
  assert.deepEqual([firing.status, firing.title], ["firing", "盘满 (97)"]);
  assert.deepEqual([over.status, over.title, over.endsAt], ["resolved", "盘满", "2026-03-01T16:00:00.000Z"]);
});

test("takes the first trigger for the start, since trigger_time moves with every repeat", () => {
  const event = { ...EVENT, first_trigger_time: 1772380800, trigger_time: 1772384400 };
  assert.equal(occurrenceOf("nightingale", event).time, "2026-03-01T16:00:00.000Z");
  assert.equal(
    occurrenceOf("nightingale", { ...event, first_trigger_time: 0 }).time,
    "2026-03-01T17:00:00.000Z",
  );
});

test("keeps nobody's number", () => {
  const occurrence = occurrenceOf("nightingale", { ...EVENT, notify_users_obj: [{ phone: "13800000000" }] });
  assert.doesNotMatch(JSON.stringify(occurrence), /13800000000/);
});

test("refuses what names no rule, with its place", () => {
  assert.match(refusalOf("nightingale", { events: [EVENT, {}] }), /^bad_shape events\[1\]\.rule_name：/);
  assert.match(refusalOf("nightingale", { events: [] }), /^empty /);
});
