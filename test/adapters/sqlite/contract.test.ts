import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openStore } from "../../../adapters/sqlite/index.ts";
import { type AuditHarness, auditContract } from "../../contract/audit.ts";
import { configStoreContract } from "../../contract/config-store.ts";
import { inboxContract } from "../../contract/inbox.ts";
import { journalContract } from "../../contract/journal.ts";
import { outboxContract } from "../../contract/outbox.ts";
import { taskStoreContract } from "../../contract/task-store.ts";
import { throttleStoreContract } from "../../contract/throttle-store.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { sqliteHarness, tempFolder } from "../../support/sqlite.ts";

journalContract("sqlite", sqliteHarness);
inboxContract("sqlite", sqliteHarness);
taskStoreContract("sqlite", sqliteHarness);
outboxContract("sqlite", sqliteHarness);
throttleStoreContract("sqlite", sqliteHarness);
configStoreContract("sqlite", sqliteHarness);
auditContract("sqlite", sqliteAuditHarness);

/** A store whose file a second connection changes behind its back, as somebody with a shell would. */
async function sqliteAuditHarness(): Promise<AuditHarness> {
  const folder = tempFolder();
  const store = openStore({ dataDir: folder.path, clock: movableClock(), log: silentLog });
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
  const close = async () => {
    await store.close();
    folder.remove();
  };
  return { audit: store.audit, tamper, close };
}
