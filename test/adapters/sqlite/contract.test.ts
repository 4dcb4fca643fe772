import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openStore, openStoreThread } from "../../../adapters/sqlite/index.ts";
import { type AuditHarness, auditContract } from "../../contract/audit.ts";
import { configStoreContract } from "../../contract/config-store.ts";
import { earlierTasksContract } from "../../contract/earlier-tasks.ts";
import { inboxContract } from "../../contract/inbox.ts";
import { journalContract } from "../../contract/journal.ts";
import { leasesContract } from "../../contract/leases.ts";
import { outboxContract } from "../../contract/outbox.ts";
import { replayStoreContract } from "../../contract/replay-store.ts";
import { stateStoreContract } from "../../contract/state-store.ts";
import { taskStoreContract } from "../../contract/task-store.ts";
import { throttleStoreContract } from "../../contract/throttle-store.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { sqliteHarness, sqliteThreadHarness, tempFolder } from "../../support/sqlite.ts";

for (const [name, harness] of [
  ["sqlite", sqliteHarness],
  ["sqlite in a thread", sqliteThreadHarness],
] as const) {
  journalContract(name, harness);
  inboxContract(name, harness);
  taskStoreContract(name, harness);
  earlierTasksContract(name, harness);
  outboxContract(name, harness);
  throttleStoreContract(name, harness);
  configStoreContract(name, harness);
  replayStoreContract(name, harness);
  leasesContract(name, harness);
  stateStoreContract(name, harness);
}
auditContract("sqlite", () => auditHarness(openStore));
auditContract("sqlite in a thread", () => auditHarness(openStoreThread));

/** A store whose file a second connection changes behind its back, as somebody with a shell would. */
async function auditHarness(open: typeof openStoreThread | typeof openStore): Promise<AuditHarness> {
  const folder = tempFolder();
  const store = await open({ dataDir: folder.path, clock: movableClock(), log: silentLog });
  const tamper: AuditHarness["tamper"] = (seq, change) => {
    const db = new DatabaseSync(join(folder.path, "whale.db"));
    db.exec("DROP TRIGGER IF EXISTS audit_stays; DROP TRIGGER IF EXISTS audit_kept");
    if (change === null) db.prepare("DELETE FROM audit WHERE seq = ?").run(seq);
    for (const [column, value] of Object.entries(change ?? {})) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      db.prepare(`UPDATE audit SET ${column} = ? WHERE seq = ?`).run(text, seq);
    }
    db.close();
  };
  const rewrite: AuditHarness["rewrite"] = async (entries) => {
    const db = new DatabaseSync(join(folder.path, "whale.db"));
    db.exec("DROP TRIGGER IF EXISTS audit_stays; DROP TRIGGER IF EXISTS audit_kept; DELETE FROM audit");
    const insert = db.prepare("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const { seq, hash, prev, at, who, what, object, detail } of entries)
      insert.run(seq, hash, prev, at, who, what, object, JSON.stringify(detail));
    db.close();
  };
  const close = async () => {
    await store.close();
    folder.remove();
  };
  return { audit: store.audit, tamper, rewrite, close };
}
