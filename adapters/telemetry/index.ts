export * from "./logger.ts";
export { isSecretKey, maskText } from "./masks.ts";
export * from "./metrics.ts";
export * from "./system.ts";
