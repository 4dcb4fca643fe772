import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";

function run(...args: string[]) {
  const script = join(import.meta.dirname, "run.ts");
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
}

describe("the benchmarks' command", () => {
  test("lists the names when none is given", () => {
    const { status, stdout } = run();
    assert.equal(status, 0);
    assert.match(stdout, /^ {2}e2e /m);
  });

  test("refuses a name that it does not know, and names inherited by every object", () => {
    for (const name of ["e3e", "toString"]) {
      const { status, stdout, stderr } = run(name, "--json");
      assert.equal(status, 1);
      assert.equal(stdout, "");
      assert.match(stderr, new RegExp(`no benchmark "${name}"`));
    }
  });

  test("refuses an option that it does not know", () => {
    const { status, stderr } = run("e2e", "--fast");
    assert.equal(status, 1);
    assert.match(stderr, /--fast/);
  });
});
