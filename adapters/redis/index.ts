export type { Endpoint, RedisServers, RedisStoreOptions } from "./config.ts";
export type { Warning } from "./durability.ts";
export type { Queue } from "./engine.ts";
export { openRedisStore, type RedisStore } from "./store.ts";
