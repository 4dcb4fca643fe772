import assert from "node:assert/strict";
import { test } from "node:test";
import { buildLine, buildLines, type ShownBuild } from "../../../bot/cli/builds.ts";

const AT = "2026-11-01T00:00:00.000Z";
const ZONE = "Asia/Shanghai";
const DIGEST = `sha256:${"2".repeat(64)}`;
const BUILD: ShownBuild = {
  ...{ id: "b_01", set: "ops", by: "user:wangwu", at: AT, since: AT, takes: 1, stage: "done" },
  image: {
    ...{ build: "b_01", name: "reg/ops:1", digest: DIGEST, reference: `reg/ops@${DIGEST}` },
    ...{ builtAt: AT, bytes: 7 },
  },
};

test("a build is one line: its set, where it stands, who ordered it, its image", () => {
  assert.equal(
    buildLine(BUILD, ZONE),
    `b_01 ops · done · 2026-11-01T08:00:00+08:00 · user:wangwu · reg/ops@${DIGEST}`,
  );
  assert.deepEqual(buildLines(BUILD, ZONE).slice(1), ["reg/ops:1 7 bytes"]);
});

test("a failed build tells all that the checks found and each line of its problem, with no control signs", () => {
  const problem = { level: "error" as const, check: "yaml" as const, repo: "disk", zh: "错", en: "wrong" };
  const failed: ShownBuild = { ...BUILD, stage: "failed", image: null, problem: "a\u001b[2J\nb" };
  assert.deepEqual(buildLines({ ...failed, problems: [problem] }, ZONE).slice(1), [
    "error yaml disk: 错 (wrong)",
    "a [2J",
    "b",
  ]);
});

test("a build under way says how to follow it", () => {
  assert.equal(
    buildLines({ ...BUILD, stage: "building", image: null }, ZONE).at(-1),
    "whale builds log -f b_01",
  );
});
