export { type Endpoint, type RedisServers, type RedisStoreOptions, serversText } from "./config.ts";
export type { Warning } from "./durability.ts";
export { openRedisStore, type RedisStore } from "./store.ts";
export { openRedisTransfer } from "./transfer/index.ts";
