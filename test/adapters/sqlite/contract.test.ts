import { inboxContract } from "../../contract/inbox.ts";
import { journalContract } from "../../contract/journal.ts";
import { outboxContract } from "../../contract/outbox.ts";
import { taskStoreContract } from "../../contract/task-store.ts";
import { throttleStoreContract } from "../../contract/throttle-store.ts";
import { sqliteHarness } from "../../support/sqlite.ts";

journalContract("sqlite", sqliteHarness);
inboxContract("sqlite", sqliteHarness);
taskStoreContract("sqlite", sqliteHarness);
outboxContract("sqlite", sqliteHarness);
throttleStoreContract("sqlite", sqliteHarness);
