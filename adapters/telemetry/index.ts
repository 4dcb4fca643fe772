export * from "./logger.ts";
export * from "./metrics.ts";
export * from "./system.ts";
