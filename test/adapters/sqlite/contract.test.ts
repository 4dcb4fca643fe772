import { inboxContract } from "../../contract/inbox.ts";
import { journalContract } from "../../contract/journal.ts";
import { outboxContract } from "../../contract/outbox.ts";
import { taskStoreContract } from "../../contract/task-store.ts";
import { throttleStoreContract } from "../../contract/throttle-store.ts";
import { sqliteHarness, sqliteThreadHarness } from "../../support/sqlite.ts";

for (const [name, harness] of [
  ["sqlite", sqliteHarness],
  ["sqlite in a thread", sqliteThreadHarness],
] as const) {
  journalContract(name, harness);
  inboxContract(name, harness);
  taskStoreContract(name, harness);
  outboxContract(name, harness);
  throttleStoreContract(name, harness);
}
