import assert from "node:assert/strict";
import { test } from "node:test";
import { type MuteFault, muteOfWords, muteText, readMute } from "../../../core/mutes/index.ts";

const HOUR_MS = 3_600_000;

test("reads an order as it is typed, with regard to letter case", () => {
  const words = "rule=vm-disk subject=VM-1 label.env=prod label.a=b=c 2h 今晚 迁移".split(" ");
  const read = muteOfWords(words);
  const match = { ruleId: "vm-disk", subject: "VM-1", labels: { env: "prod", a: "b=c" } };
  assert.deepEqual(read, { outcome: "read", order: { match, forMs: 2 * HOUR_MS, why: "今晚 迁移" } });
  assert.equal(muteText(match), "rule=vm-disk subject=VM-1 label.env=prod label.a=b=c");
});

test("reads a full-width sign of equality, as Chinese keyboards write it", () => {
  const read = muteOfWords(["subject＝vm-1", "30m", "x"]);
  assert.equal(read.outcome === "read" && read.order.match.subject, "vm-1");
});

const REFUSED: [words: string, fault: MuteFault, about: string][] = [
  ["", "no_match", "match"],
  ["2h 原因", "no_match", "match"],
  ["host=vm-1 2h 原因", "unknown_field", "host"],
  ["subject=vm-1", "no_duration", ""],
  ["subject=vm-1 soon 原因", "no_duration", "soon"],
  ["subject=vm-1 31d 原因", "too_long", "31d"],
  ["subject=vm-1 2h", "no_reason", "why"],
  ["label.__proto__=x 2h 原因", "no_match", "match"],
];

for (const [words, fault, about] of REFUSED) {
  test(`refuses ${JSON.stringify(words)} as ${fault}`, () => {
    const read = muteOfWords(words.split(" ").filter(Boolean));
    assert.deepEqual(read, { outcome: "refused", fault, about });
  });
}

test("refuses a body whose fields have other types", () => {
  for (const match of [null, [], "x", { subject: 1 }, { subject: "" }]) {
    assert.equal(readMute({ match, for: "2h", why: "x" }).outcome, "refused");
  }
  assert.equal(readMute({ match: { subject: "a" }, for: 2, why: "x" }).outcome, "refused");
  assert.equal(readMute({ match: { subject: "a" }, for: "2h", why: ["x"] }).outcome, "refused");
});
