export * from "./archive.ts";
export type * from "./config.ts";
