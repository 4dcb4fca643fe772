export type { SqliteStoreOptions } from "./config.ts";
export { type FolderFacts, inspectFolder, isFolderHeld } from "./inspect.ts";
export { holdFolder } from "./lock.ts";
export { openStore, type SqliteStore } from "./store.ts";
export { openStoreThread, type StoreThread, type StoreThreadOptions } from "./thread/store-thread.ts";
export { openEmbeddedTransfer } from "./transfer/index.ts";
