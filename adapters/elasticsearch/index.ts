export * from "./archive.ts";
export type * from "./config.ts";
export type * from "./dead-letters.ts";
export * from "./probe.ts";
