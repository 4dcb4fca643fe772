export type * from "./callback.ts";
export * from "./card-limits.ts";
export * from "./card-render.ts";
export type * from "./config.ts";
export { fieldFault } from "./config.ts";
export * from "./crypto.ts";
export * from "./errors.ts";
export * from "./markdown.ts";
export * from "./wecom.ts";
