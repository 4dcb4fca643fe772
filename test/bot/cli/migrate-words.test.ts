import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cancelLines, checkLines, endLines, surveyLines } from "../../../bot/cli/migrate-words.ts";
import type { Checked } from "../../../bot/migrate/index.ts";
import { compareKind, type KindDigest } from "../../../core/transfer/index.ts";

const digest = (count: number, digit: string): KindDigest => ({
  count,
  hash: digit.repeat(64),
  bytes: 2 ** 20,
});
const same: Checked = { ...compareKind("task", digest(7, "a"), digest(7, "a")), differing: [] };
const other: Checked = {
  ...compareKind("audit", digest(2, "a"), digest(2, "b")),
  differing: [{ key: "1\u001b[2J", reason: "differs" }],
};

describe("what whale migrate tells", () => {
  test("one line of counts and hashes for each kind, and the records that differ, free of escape codes", () => {
    const lines = checkLines([same, other]);
    assert.match(lines[1] ?? "", /^task +7 +7 {2}a{16} same$/);
    assert.match(lines[2] ?? "", /^audit +2 +2 {2}a{16} ≠ b{16} different$/);
    assert.equal(lines[3], '    differs: "1\\u001b[2J"');
  });

  test("what to do next, by where the data went", () => {
    const to = (place: string) => endLines({ outcome: "moved", checks: [same] }, place).lines.join();
    assert.match(to("redis"), /start Whale with this REDIS_URL/);
    assert.match(to("embedded"), /remove REDIS_URL and ELASTICSEARCH_URL/);
  });

  test("a difference is a failure, and how to begin anew", () => {
    const { failed, lines } = endLines({ outcome: "different", checks: [other] }, "redis");
    assert.equal(failed, true);
    assert.match(lines.at(-1) ?? "", /--cancel first, then again with --replace/);
  });

  test("every refusal says what to do, with the processes that were seen", () => {
    const seen = endLines(
      { outcome: "refused", reason: "processes_at_work", holders: ["reader w1"] },
      "redis",
    );
    assert.equal(seen.failed, true);
    assert.match(seen.lines[0] ?? "", /--even-if-running/);
    assert.equal(seen.lines[1], "  reader w1");
  });

  test("a move that is taken back says what the source does not know", () => {
    const told = cancelLines({ outcome: "cancel", reason: "moved_and_taken_back", holders: [] });
    assert.equal(told.failed, false);
    assert.match(told.lines.join(), /knows nothing of what happened on the target since/);
    assert.equal(cancelLines({ outcome: "refused", reason: "no_transfer", holders: [] }).failed, true);
  });

  test("a dry run shows records, bytes and their sum", () => {
    const lines = surveyLines([{ kind: "task", digest: digest(7, "a") }]);
    assert.match(lines[1] ?? "", /^task +7 +1048576/);
    assert.equal(lines.at(-1), "1.0 MB");
  });
});
