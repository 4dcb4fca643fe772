import { openMemoryTransfer } from "../../../fixtures/memory-transfer/index.ts";
import { transferContract } from "../../contract/transfer.ts";

transferContract("memory", async () => ({ store: openMemoryTransfer(), end: () => Promise.resolve() }), 6);
