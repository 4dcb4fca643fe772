export { openRedisTransfer } from "./store.ts";
