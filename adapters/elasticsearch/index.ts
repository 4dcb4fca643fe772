export * from "./archive.ts";
export type * from "./config.ts";
export * from "./probe.ts";
export { createElasticsearchTransfer } from "./transfer.ts";
