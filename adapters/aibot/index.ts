export * from "./aibot.ts";
export * from "./check.ts";
export type { AibotConfig } from "./config.ts";
