export * from "./aibot.ts";
export type { AibotConfig } from "./config.ts";
