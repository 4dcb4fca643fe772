import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createBuildFiles } from "../../../adapters/local/index.ts";
import { movableClock } from "../../support/clock.ts";
import { tempFolder } from "../../support/sqlite.ts";

function files(t: TestContext, maxLogBytes = 1_000) {
  const folder = tempFolder();
  t.after(() => folder.remove());
  const mask = (text: string) => text.replaceAll("s3cret", "***");
  return {
    folder: folder.path,
    files: createBuildFiles({ folder: folder.path, clock: movableClock(), maxLogBytes, mask }),
  };
}

test("a log is read on from where the reader was, by whole lines, and holds no secret", async (t) => {
  const { files: own } = files(t);
  assert.equal(await own.log("b_1", 0), null);
  await own.append("b_1", ["一", "token s3cret"]);
  const first = await own.log("b_1", 0);
  assert.equal(first?.text, "2026-11-01T00:00:00.000Z 一\n2026-11-01T00:00:00.000Z token ***\n");
  await own.append("b_1", ["two"]);
  assert.equal((await own.log("b_1", first?.next ?? 0))?.text, "2026-11-01T00:00:00.000Z two\n");
});

test("a log that is full says so once and grows no more", async (t) => {
  const { files: own } = files(t, 200);
  for (let n = 0; n < 50; n++) await own.append("b_1", [`line ${n}`]);
  const { text = "" } = (await own.log("b_1", 0)) ?? {};
  assert.ok(Buffer.byteLength(text) < 400, String(text.length));
  assert.equal(text.match(/the log is full/g)?.length, 1);
});

test("packs are laid side by side without their history, and none from outside its repository", async (t) => {
  const { files: own } = files(t);
  const work = await own.workspace("b_1");
  for (const dir of ["repo/.git", "repo/packs/dmesg"]) mkdirSync(join(work, dir), { recursive: true });
  writeFileSync(join(work, "repo/pack.yaml"), "ref: disk\n");
  const root = join(work, "repo");
  const laid = await own.layPacks("b_1", [
    { root, path: ".", ref: "disk" },
    { root, path: "packs/dmesg", ref: "dmesg" },
  ]);
  assert.deepEqual(readdirSync(laid).sort(), ["disk", "dmesg"]);
  assert.equal(readFileSync(join(laid, "disk/pack.yaml"), "utf8"), "ref: disk\n");
  assert.deepEqual(readdirSync(join(laid, "disk")).sort(), ["pack.yaml", "packs"]);
  for (const path of ["..", "../repo2", "/etc"]) {
    await assert.rejects(own.layPacks("b_1", [{ root, path, ref: "x" }]), { code: "builds.bad_path" });
  }
  await assert.rejects(own.layPacks("b_1", [{ root, path: ".", ref: "../x" }]), { code: "builds.bad_name" });
});

test("a workspace begins empty, and builds that are not kept go with all they have", async (t) => {
  const { folder, files: own } = files(t);
  writeFileSync(join(await own.workspace("b_1"), "left"), "");
  assert.deepEqual(readdirSync(await own.workspace("b_1")), []);
  await own.keepBill("b_1", "{}");
  await own.keepBill("b_2", "{}");
  await own.keepOnly(["b_2"]);
  assert.deepEqual(
    [readdirSync(folder), await own.bill("b_1"), await own.bill("b_2")],
    [["b_2"], null, "{}"],
  );
});
