import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { lockFolder } from "../../../adapters/sqlite/lock.ts";
import { tempFolder } from "../../support/sqlite.ts";

const HOLDER = join(import.meta.dirname, "hold-lock.ts");

async function holderOf(folder: string) {
  const child = spawn(process.execPath, [HOLDER, folder], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

describe("lock", () => {
  const folder = tempFolder();
  after(folder.remove);

  test("refuses a folder that this process has open, and names it", () => {
    const unlock = lockFolder(folder.path);
    assert.throws(() => lockFolder(folder.path), {
      name: "ChatOpsError",
      code: "store.locked",
      message: `数据目录 ${folder.path} 正被另一个 Whale 使用，先停掉它 (the data folder ${folder.path} is in use by another Whale: stop that one first)`,
    });
    unlock();
    lockFolder(folder.path)();
  });

  test("refuses a folder that another process has open, until that is killed", async () => {
    const child = await holderOf(folder.path);
    assert.throws(() => lockFolder(folder.path), { code: "store.locked" });
    child.kill("SIGKILL");
    await once(child, "exit");
    lockFolder(folder.path)();
  });

  test("says that a folder cannot be opened when there is none", () => {
    const missing = join(folder.path, "missing");
    assert.throws(() => lockFolder(missing), { code: "store.open_failed", retryable: false });
  });

  test("says that a folder cannot be opened when its lock file is something else", () => {
    const other = tempFolder();
    after(other.remove);
    writeFileSync(
      join(other.path, "whale.lock"),
      "no database, but long enough to be taken for one".repeat(40),
    );
    chmodSync(join(other.path, "whale.lock"), 0o600);
    assert.throws(() => lockFolder(other.path), { code: "store.open_failed" });
  });
});
