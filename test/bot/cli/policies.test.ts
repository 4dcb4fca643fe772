import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { aHomeDir } from "../../adapters/files/home-dir.ts";
import { openWorld } from "../../support/world.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");
const run = promisify(execFile);
const inAYear = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
const POLICY = `id: look\nactions: [disk.show, disk.top]\nmode: auto\nexpires: ${inAYear}\n`;
const RULE = `id: r\ntitle: t\non: [disk.full]\nbusiness: shop\nfeatures: []\naction: disk.show\ntargets: []\nparams: {}
approval: { policy: look }
offers:
  - { id: view, title: v, action: disk.kill, params: {}, approval: { policy: look } }
`;

function whale(dir: string, ...given: string[]) {
  const env = { ...process.env, WHALE_HOME: dir };
  return run(process.execPath, [WHALE, "policies", ...given], { cwd: dir, env });
}

describe("whale policies", { concurrency: 2 }, () => {
  test("shows what an approval lets run and writes it once that is confirmed", async (t) => {
    const dir = aHomeDir(t, { "policies/look.yaml": POLICY, "rules/r.yaml": RULE });
    const before = await whale(dir, "list");
    assert.match(before.stdout, /^look {2}未批准 not approved/m);
    await assert.rejects(whale(dir, "approve", "look", "--by", "wangwu"), { code: 1, stderr: /--yes/ });
    assert.equal(readFileSync(join(dir, "policies/look.yaml"), "utf8"), POLICY);
    const { stdout } = await whale(dir, "approve", "look", "--by", "wangwu", "--yes");
    for (const shown of [/^ {2}disk\.top$/m, /rule r: disk\.show/, /offer view: disk\.kill.*not covered/])
      assert.match(stdout, shown);
    assert.match(stdout, new RegExp(`until: ${inAYear}`));
    const after = await whale(dir, "list");
    assert.match(after.stdout, /^look {2}有效 valid {2}(299|300) 天 days {2}wangwu/m);
  });

  test("names a grant of runs.yaml that uses it as that, not as a rule", async (t) => {
    const runs = `runs:
  - { id: see, title: t, actions: [disk.top], business: shop, targets: [], approval: { policy: look } }
`;
    const dir = aHomeDir(t, { "policies/look.yaml": POLICY, "runs.yaml": runs });
    const { stdout } = await whale(dir, "approve", "look", "--by", "wangwu", "--yes");
    assert.match(stdout, /^ {2}执行许可 grant see: disk\.top$/m);
    assert.doesNotMatch(stdout, /rule/);
  });

  test("asks WeCom for the approver: nobody and who has left are refused, and the file stays", async (t) => {
    const world = await openWorld(t);
    world.write("policies/look.yaml", POLICY);
    const approve = (by: string) => {
      const given = ["policies", "approve", "look", "--by", by, "--yes"];
      return run(process.execPath, [WHALE, ...given], {
        cwd: world.home,
        env: { ...process.env, ...world.env },
      });
    };
    const read = () => readFileSync(join(world.home, "policies/look.yaml"), "utf8");
    await assert.rejects(approve("ghost"), { code: 1, stderr: /没有成员 ghost.*no member ghost/ });
    await assert.rejects(approve("sunqi"), { code: 1, stderr: /sunqi 已停用.*disabled/ });
    assert.equal(read(), POLICY);
    const { stdout, stderr } = await approve("WangWu");
    assert.match(stdout, /WangWu 已批准/);
    assert.deepEqual([stderr, /approvedBy: "?wangwu"?$/m.test(read())], ["", true]);
  });

  test("goes on without WeCom, and says that nobody was asked", async (t) => {
    const dir = aHomeDir(t, { "policies/look.yaml": POLICY });
    const { stdout, stderr } = await whale(dir, "approve", "look", "--by", "wangwu", "--yes");
    assert.match(stdout, /已批准/);
    assert.match(stderr, /没有核对.*wangwu exists was not checked.*whale check/);
  });

  test("refuses an unknown policy, naming those that there are", async (t) => {
    const dir = aHomeDir(t, { "policies/look.yaml": POLICY });
    await assert.rejects(whale(dir, "approve", "none", "--by", "w", "--yes"), { code: 1, stderr: /look/ });
  });
});
