import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readLocalAddress, removeLocalAddress, writeLocalAddress } from "../../../adapters/local/index.ts";
import { tempFolder } from "../../support/sqlite.ts";

function folderOf(t: TestContext): string {
  const folder = tempFolder();
  t.after(folder.remove);
  return folder.path;
}

const REACHED: [host: string, origin: string][] = [
  ["127.0.0.1", "http://127.0.0.1:80"],
  ["0.0.0.0", "http://127.0.0.1:80"],
  ["::", "http://[::1]:80"],
  ["::1", "http://[::1]:80"],
  ["localhost", "http://localhost:80"],
  ["10.0.0.7", "http://10.0.0.7:80"],
];

test("tells where whoever listens is reached from the same machine", async (t) => {
  const dir = folderOf(t);
  for (const [host, origin] of REACHED) {
    await writeLocalAddress(dir, { host, port: 80 });
    assert.equal(await readLocalAddress(dir), origin);
  }
  assert.equal(statSync(join(dir, "local-address")).mode & 0o777, 0o600);
});

test("is gone once it is taken away, however often, and then said to be unreadable", async (t) => {
  const dir = folderOf(t);
  await writeLocalAddress(dir, { host: "::1", port: 80 });
  await removeLocalAddress(dir);
  await removeLocalAddress(dir);
  assert.deepEqual(readdirSync(dir), []);
  await assert.rejects(readLocalAddress(dir), { code: "local_address.unreadable", message: /没有在运行/ });
});
