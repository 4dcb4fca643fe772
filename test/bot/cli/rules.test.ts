import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { startStackStormSimulator } from "../../../fixtures/simulators/stackstorm/index.ts";
import { aHomeDir, aRule } from "../../adapters/files/home-dir.ts";
import { COMPILE_CACHE } from "../../support/compile-cache.ts";
import { copySampleHome } from "../../support/sample-home.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { FIXTURES } from "../../support/world.ts";

const WHALE = join(FIXTURES, "..", "bot/cli/whale.ts");
const run = promisify(execFile);

interface Ran {
  code: number;
  out: string;
}

/** Runs a command of `whale rules` with nothing in the environment but the path. */
async function rules(...given: string[]): Promise<Ran> {
  const env = { ...COMPILE_CACHE, PATH: process.env["PATH"] ?? "" };
  return run(process.execPath, [WHALE, "rules", ...given], { env }).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      out: error.stdout + error.stderr,
    }),
  );
}

const RULE = {
  "rules/r.yaml": aRule({ id: "r", features: [{ path: "labels.env", op: "equals", value: "prod" }] }),
};

function tests(text: string): Record<string, string> {
  return { "rules/r.test.yaml": text };
}

describe("whale rules test", { concurrency: 2 }, () => {
  test("the sample home passes its own tests, with no secret set", async (t) => {
    const folder = tempFolder();
    t.after(folder.remove);
    copySampleHome(folder.path);
    const { code, out } = await rules("test", folder.path);
    assert.equal(code, 0, out);
    assert.match(out, /✓ rules\/vm-disk-cleanup\.test\.yaml:3 Alertmanager/);
    assert.match(out, /passed 7, 不符 · failed 0/);
  });

  test("says file, line, rule, field and both values of what differs, and ends with 1", async (t) => {
    const dir = aHomeDir(t, {
      ...RULE,
      ...tests(`cases:
  - name: fires
    event: { event_type: disk.full, labels: { env: prod }, detail: {} }
    expect: { r: fired }
  - name: wrong
    event: { event_type: disk.full, labels: { env: test }, detail: {} }
    expect: { r: fired, gone: fired }
  - name: no event
    source: nowhere
    body: { a: 1 }
    expect: { r: fired }
`),
    });
    const { code, out } = await rules("test", dir);
    assert.equal(code, 1, out);
    assert.match(out, /✓ rules\/r\.test\.yaml:2 fires/);
    assert.match(
      out,
      /✗ rules\/r\.test\.yaml:5 wrong\n {4}r verdict: .*"fired".*"feature_failed" \(features\[0\] labels\.env equals "prod", was "test"\)/,
    );
    assert.match(out, /gone rule: .*no such rule/);
    assert.match(out, /✗ rules\/r\.test\.yaml:8 no event\n.*no such source/);
    assert.match(out, /passed 1, 不符 · failed 2/);
  });

  test("a test that cannot be read is refused with file, line and field", async (t) => {
    const dir = aHomeDir(t, {
      ...RULE,
      ...tests(`cases:
  - name: a
    expect: { r: fried }
  - name: b
    at: yesterday
    event: { event_type: disk.full }
    expect: { r: { parms: {} } }
`),
    });
    const { code, out } = await rules("test", dir);
    assert.equal(code, 1);
    assert.match(out, /rules\/r\.test\.yaml:2:.*needs either event or source/);
    assert.match(out, /rules\/r\.test\.yaml:3:.*fried/);
    assert.match(out, /rules\/r\.test\.yaml:5:.*must be a time with its zone/);
    assert.match(out, /rules\/r\.test\.yaml:7:.*did you mean params/);
  });

  test("a home without tests is no success", async (t) => {
    assert.equal((await rules("test", aHomeDir(t, RULE))).code, 1);
  });
});

describe("whale rules lint", { concurrency: 2 }, () => {
  const ENV = { path: "labels.env", op: "equals" };

  test("says file, line, level and words in both languages, and ends with 1 on an error", async (t) => {
    const never = `id: r
title: 规则
on: [disk.full]
business: shop
owner: { users: [zhangsan] }
features:
  - { path: labels.env, op: equals, value: a }
  - { path: labels.env, op: equals, value: b }
action: disk.cleanup
throttle: { key: "{{ title }}", limit: 1, per: 1h }
approval: { from: { users: [zhangsan] } }
`;
    const { code, out } = await rules("lint", aHomeDir(t, { "rules/r.yaml": never }));
    assert.equal(code, 1, out);
    assert.match(out, /rules\/r\.yaml:8 error never_matches r features\.1: 永远不会触发.*can never match/);
    assert.match(out, /rules\/r\.yaml:10 warning unbounded_key r throttle\.key: .*title/);
    assert.match(out, /--online/);
    assert.match(out, /1 个错误 · errors, 1 个警告/);
  });

  test("ends with 0 when there are but warnings", async (t) => {
    const twice = { features: [{ ...ENV, value: "a" }], owner: { users: ["zhangsan"] } };
    const files = { "rules/r.yaml": aRule(twice), "rules/s.yaml": aRule({ ...twice, id: "s" }) };
    const { code, out } = await rules("lint", aHomeDir(t, files));
    assert.equal(code, 0, out);
    assert.match(out, /rules\/r\.yaml:1 warning overlap r: .*rule s may fire too/);
  });

  test("online, tells what a cluster says of actions and parameters, and of one that does not answer", async (t) => {
    const packs = { packsDir: join(FIXTURES, "packs"), vmsDir: FIXTURES, apiKey: "key-of-lint-0001" };
    const stackstorm = await startStackStormSimulator(packs);
    t.after(() => stackstorm.close());
    const cluster = (api: string) => `name: hz\napi: ${api}\nauth: { apiKey: key-of-lint-0001 }\n`;
    const files = {
      "rules/r.yaml": aRule({ params: { host: "h", depth: 1 } }),
      "rules/s.yaml": aRule({ id: "s", action: "disk.none" }),
    };
    const dir = aHomeDir(t, { ...files, "clusters/hz.yaml": cluster(stackstorm.api) });
    const { code, out } = await rules("lint", dir, "--online");
    assert.equal(code, 1, out);
    assert.match(out, /rules\/r\.yaml:1 error action r params\.depth: .*disk\.cleanup@hz/);
    assert.match(out, /rules\/s\.yaml:1 error action s action: .*hz has no such action/);
    await stackstorm.close();
    const silent = await rules("lint", dir, "--online");
    assert.equal(silent.code, 0, silent.out);
    assert.match(silent.out, /集群 hz 没有回答/);
  });
});
