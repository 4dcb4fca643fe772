import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loaded, refused } from "./home-dir.ts";

const ASKS = { from: { users: ["lisi"] } };

/** A runs.yaml of one entry, in JSON, each field on a line of its own. */
function runs(...entries: Record<string, unknown>[]): string {
  const grants = entries.map((entry) => ({
    ...{ id: "disk", actions: ["disk.*"], business: "shop", approval: ASKS },
    ...entry,
  }));
  return JSON.stringify({ runs: grants }, null, 1);
}

const REFUSALS: [text: string, field: string, message: RegExp][] = [
  [runs({ actions: ["disk"] }), "runs[0].actions[0]", /包名\.动作名/],
  [runs({ actions: [] }), "runs[0].actions", /./],
  [runs({ aproval: ASKS }), "runs[0].aproval", /是不是 approval？/],
  [runs({ approval: {} }), "runs[0].approval", /没有写谁来批准/],
  [runs({ approval: { policy: "read-only" } }), "runs[0].actions[0]", /引用策略时要逐个写出动作/],
  [
    runs({ approval: { policy: "read-only" }, actions: ["disk.cleanup"] }),
    "runs[0].approval.policy",
    /不包含这个动作/,
  ],
  [runs({ approval: { policy: "none" }, actions: ["disk.show"] }), "runs[0].approval.policy", /没有这个策略/],
  [runs({ by: { users: ["Lisi"] } }), "runs[0].approval", /自己发起的不能自己批准/],
  [runs({ by: { duty: "none" } }), "runs[0].by.duty", /没有这个值班表/],
  [runs({ report: { group: "oops" } }), "runs[0].report.group", /是不是 ops？/],
  [runs({ approval: { ...ASKS, group: "ops" } }), "runs[0].approval.group", /智能机器人/],
  [runs({ targets: ["{{ params.host"] }), "runs[0].targets[0]", /模板/],
  [runs({ startWithin: "soon" }), "runs[0].startWithin", /应为时长/],
  [runs({}, { actions: ["core.*"] }), "runs[1].id", /重复/],
  [runs({}, { id: "two", actions: ["disk.show"] }), "runs[1].actions", /永远不会生效/],
];

describe("runs.yaml is refused", () => {
  for (const [text, field, message] of REFUSALS) {
    test(`at ${field} for ${message.source}`, async (t) => {
      const all = await refused(t, { "runs.yaml": text });
      const found = all.filter((problem) => message.test(problem.message));
      assert.deepEqual(
        found.map((problem) => [problem.file, problem.field]),
        [["runs.yaml", field]],
        JSON.stringify(all),
      );
    });
  }

  test("where no cluster serves the business", async (t) => {
    const cluster = "name: hz\napi: http://127.0.0.1:9101/api\nauth: { apiKey: k }\nbusinesses: [shop]\n";
    const all = await refused(t, { "runs.yaml": runs({ business: "pay" }), "clusters/hz.yaml": cluster });
    assert.deepEqual(
      all.map(({ field }) => field),
      ["runs[0].business"],
    );
  });
});

test("runs.yaml is read with its defaults, in its order", async (t) => {
  const policy = { id: "look", actions: ["disk.show"], approval: { policy: "read-only" } };
  const home = await loaded(t, { "runs.yaml": runs(policy, { by: { tag: "dev" } }) });
  assert.deepEqual(
    home.grants.map(({ id, targets, startWithinMs, by }) => [id, targets, startWithinMs, by]),
    [
      ["look", [], 3_600_000, undefined],
      ["disk", [], 3_600_000, { tag: "dev" }],
    ],
  );
});

test("a home without runs.yaml lets nobody run anything by hand", async (t) => {
  assert.deepEqual((await loaded(t)).grants, []);
});
