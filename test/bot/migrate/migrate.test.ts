import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cancel, type Migration, survey } from "../../../bot/migrate/index.ts";
import { openMemoryTransfer } from "../../../fixtures/memory-transfer/index.ts";
import { failingAt, transferContract } from "../../contract/transfer.ts";
import { dump, migrationOf, move } from "../../support/transfer.ts";
import { sampleFolder } from "../../support/transfer-sample.ts";

transferContract("memory", async () => ({ store: openMemoryTransfer(), end: () => Promise.resolve() }), 6);

describe("giving a migration up", () => {
  async function begun(): Promise<Migration> {
    const [source, target] = [openMemoryTransfer(), openMemoryTransfer()];
    await source.write([{ kind: "task", key: "t_1", body: { text: "{}" } }]);
    await assert.rejects(move(source, failingAt(target, { left: 3 })), /killed/);
    return migrationOf(source, target);
  }

  test("before its end: the source is in force, the target is not, and only --replace begins anew", async () => {
    const migration = await begun();
    const { source, target } = migration;
    assert.deepEqual(await cancel(migration), { outcome: "cancel", reason: "not_finished", holders: [] });
    assert.deepEqual(await source.store.standing(), { state: "in_force", transferId: null });
    assert.equal((await target.store.standing()).state, "arriving");
    const again = await move(source.store, target.store);
    assert.ok(again.outcome === "refused" && again.reason === "target_left_over");
    assert.equal((await move(source.store, target.store, { replace: true })).outcome, "moved");
  });

  test("after its end: the target is not in force before the source is", async () => {
    const [source, target] = [openMemoryTransfer(), openMemoryTransfer()];
    assert.equal((await move(source, target)).outcome, "moved");
    const migration = migrationOf(failingAt(source, { left: 1 }), target);
    await assert.rejects(cancel(migration), /killed/);
    assert.equal((await target.standing()).state, "arriving");
    assert.equal((await cancel(migrationOf(source, target))).outcome, "refused");
    assert.equal((await source.standing()).state, "in_force");
  });

  test("without one: refused", async () => {
    const ended = await cancel(migrationOf(openMemoryTransfer(), openMemoryTransfer()));
    assert.deepEqual(ended, { outcome: "refused", reason: "no_transfer", holders: [] });
  });
});

test("a dry run counts every kind and changes nothing", async () => {
  const folder = await sampleFolder();
  const [source, target] = [await folder.side(), openMemoryTransfer()];
  const before = await dump(source);
  const found = await survey(migrationOf(source, target));
  const total = found.reduce((sum, { digest }) => sum + digest.count, 0);
  assert.equal(total, Object.keys(before).length);
  assert.deepEqual(await dump(source), before);
  assert.equal((await source.standing()).state, "in_force");
  assert.equal(await target.isEmpty(), true);
  await source.close();
  folder.remove();
});
