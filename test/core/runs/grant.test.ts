import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { actionParameters } from "../../../core/actions/index.ts";
import { shortApproval } from "../../../core/approvals/index.ts";
import type { Json } from "../../../core/ids/index.ts";
import { actionFits, fitRun, grantDigest, grantFor, type RunGrant } from "../../../core/runs/index.ts";

function aGrant(overrides: Partial<RunGrant> = {}): RunGrant {
  const from = { users: ["lisi"] };
  return {
    ...{ id: "disk", actions: ["disk.*"], business: "shop", targets: ["{{ params.host }}"], report: {} },
    approval: shortApproval({ from, need: 1, timeoutMs: 1000, onTimeout: "reject" }),
    startWithinMs: 1000,
    ...overrides,
  };
}

describe("a grant", () => {
  const FITS: [pattern: string, action: string, fits: boolean][] = [
    ["disk.*", "disk.show", true],
    ["disk.*", "disks.show", false],
    ["*.show", "disk.show", true],
    ["*", "a.b", true],
    ["d*k.s*w", "disk.show", true],
    ["disk.show", "disk.show2", false],
    ["a*a", "a", false],
    ["*a*b*", "xaxb", true],
    ["*b*a", "xaxb", false],
  ];
  for (const [pattern, action, fits] of FITS) {
    test(`of ${pattern} ${fits ? "takes" : "leaves"} ${action}`, () => {
      assert.equal(actionFits(pattern, action), fits);
    });
  }

  test("that stands first decides", () => {
    const grants = [aGrant({ id: "one", actions: ["disk.show"] }), aGrant({ id: "two" })];
    assert.equal(grantFor(grants, "disk.show")?.id, "one");
    assert.equal(grantFor(grants, "disk.cleanup")?.id, "two");
    assert.equal(grantFor(grants, "core.local"), null);
  });

  test("has another digest when anything that an approval is bound to changes", () => {
    const digest = grantDigest(aGrant(), "disk.show");
    const others = [
      grantDigest(aGrant(), "disk.top"),
      ...[{ id: "x" }, { business: "pay" }, { targets: [] }, { startWithinMs: 2 }].map((change) =>
        grantDigest(aGrant(change), "disk.show"),
      ),
      grantDigest(aGrant({ approval: { mode: "policy", policy: "p" } }), "disk.show"),
    ];
    assert.ok(others.every((other) => other !== digest));
    assert.equal(grantDigest(aGrant({ title: "t", report: { group: "g" } }), "disk.show"), digest);
  });
});

describe("parameters of a run", () => {
  const parameters = actionParameters({
    host: { type: "string", required: true },
    paths: { type: "array" },
    days: { type: "integer", default: 7, description: "d" },
    password: { type: "string", secret: true },
  });
  const places = [{ cluster: "hz", schema: { action: "disk.show", enabled: true, parameters } }];
  const fit = (given: Record<string, Json>) => fitRun(given, aGrant(), places);

  test("become what the action wants, and say what it runs on", () => {
    assert.deepEqual(fit({ host: "vm-1", paths: "/a, /b", days: "9", password: "p" }), {
      outcome: "fits",
      params: { host: "vm-1", paths: ["/a", "/b"], days: 9, password: "p" },
      targets: ["vm-1"],
      secretParams: ["password"],
    });
  });

  const WRONG: [says: string, given: Record<string, Json>, holds: RegExp][] = [
    ["what must be given is missing", {}, /host/],
    ["a name is unknown", { host: "a", hots: "b" }, /hots/],
    ["a type is wrong", { host: "a", days: "many" }, /days/],
    ["a value holds a template", { host: "{{ st2kv.system.x }}" }, /host.*\{\{/],
    ["a value deep down holds a tag", { host: "a", paths: [{ x: "{% if %}" }] }, /paths/],
    ["a target would be empty", { host: " " }, /targets\[0\]/],
  ];
  for (const [says, given, holds] of WRONG) {
    test(`are refused where ${says}`, () => {
      const answer = fit(given);
      assert.ok(answer.outcome === "misfits");
      assert.match(answer.words.zh, holds);
      assert.match(answer.words.en, holds);
    });
  }

  test("are refused in the words of one language at a time", () => {
    const answer = fit({ hots: "b" });
    assert.ok(answer.outcome === "misfits");
    assert.match(answer.words.zh, /host 缺少必填参数/);
    assert.doesNotMatch(answer.words.zh, /is required|is no parameter/);
    assert.match(answer.words.en, /hots is no parameter of the action/);
    assert.doesNotMatch(answer.words.en, /[\u4e00-\u9fff]/);
  });

  test("are taken as they are where no cluster can be asked", () => {
    const answer = fitRun({ host: "vm-1", n: "1" }, aGrant(), [{ cluster: "hz" }]);
    assert.ok(answer.outcome === "fits");
    assert.deepEqual(answer.params, { host: "vm-1", n: "1" });
  });
});
