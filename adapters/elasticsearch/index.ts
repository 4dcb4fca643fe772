export * from "./archive.ts";
export type * from "./config.ts";
export * from "./probe.ts";
