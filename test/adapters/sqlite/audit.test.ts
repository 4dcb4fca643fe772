import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openDatabase } from "../../../adapters/sqlite/database.ts";
import { openStore } from "../../../adapters/sqlite/index.ts";
import { aDeed } from "../../contract/audit.ts";
import { aChange } from "../../contract/config-store.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { tempFolder } from "../../support/sqlite.ts";

test("the table itself refuses to change or to forget an entry", async (t) => {
  const folder = tempFolder();
  t.after(folder.remove);
  const store = openStore({ dataDir: folder.path, clock: movableClock(), log: silentLog });
  await store.audit.append(aDeed());
  await store.close();
  const db = openDatabase(join(folder.path, "whale.db"));
  assert.throws(() => db.run("UPDATE audit SET who = 'lisi'"), /append-only/);
  assert.throws(() => db.run("DELETE FROM audit"), /append-only/);
  db.close();
});

test("goes on with the same chain and the same versions after the store was opened anew", async (t) => {
  const folder = tempFolder();
  t.after(folder.remove);
  const options = { dataDir: folder.path, clock: movableClock(), log: silentLog };
  const before = openStore(options);
  await before.audit.append(aDeed());
  await before.configs.record(aChange());
  await before.close();
  const after = openStore(options);
  const [entry, recorded] = [await after.audit.append(aDeed()), await after.configs.record(aChange())];
  assert.deepEqual([entry.seq, (await after.audit.verify(1)).outcome], [2, "whole"]);
  assert.deepEqual([recorded.outcome, recorded.version?.no], ["same", 1]);
  await after.close();
});
