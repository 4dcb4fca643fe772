import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { packLockText, parsePackLock, readPackLock, writePackLock } from "../../../adapters/files/index.ts";
import type { PackLock } from "../../../core/releases/index.ts";
import { aHomeDir } from "./home-dir.ts";

const LOCK: PackLock = {
  set: "base",
  strategy: "packs-image",
  base: { builder: "stackstorm/st2:3.8.1", runtime: "busybox:1.36" },
  repos: [
    {
      ...{ name: "disk", url: "./repos/disk", ref: "refs/tags/v1.0.0", commit: "0123456789".repeat(4) },
      packs: [{ ref: "disk", version: "1.0.0", path: "." }],
    },
  ],
};

describe("the lock of a pack set", () => {
  test("is what was written, and leaves nothing else behind", async (t) => {
    const dir = aHomeDir(t);
    mkdirSync(join(dir, "packsets"));
    assert.deepEqual(await readPackLock(dir, "base"), { outcome: "absent" });
    await writePackLock(dir, LOCK);
    await writePackLock(dir, LOCK);
    assert.deepEqual(await readPackLock(dir, "base"), { outcome: "read", lock: LOCK });
    assert.deepEqual(readdirSync(join(dir, "packsets")), ["base.lock.yaml"]);
  });

  const text = packLockText(LOCK);
  const BAD: [string, string, RegExp][] = [
    ["cut off", text.slice(0, -40), /base\.lock\.yaml:\d+/],
    ["of another set", text.replace("set: base", "set: other"), /共享 Pack other 的锁/],
    ["with a short commit", text.replace(/commit: "?\d+"?/, "commit: abc"), /提交的全名/],
    ["with a path that climbs out", text.replace("path: .", "path: ../x"), /仓库里的目录/],
    ["with a pack's name that is a path", text.replace("- ref: disk", "- ref: ../x"), /小写字母/],
    ["with a field too many", `${text}more: 1\n`, /没有这个字段/],
  ];
  for (const [name, wrong, message] of BAD) {
    test(`is refused ${name}`, () => {
      const reading = parsePackLock(wrong, "base");
      assert.ok(reading.outcome === "refused", JSON.stringify(reading));
      assert.match(reading.message, message);
    });
  }
});
