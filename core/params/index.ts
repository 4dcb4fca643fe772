export { FILTERS, TAGS } from "./engine.ts";
export * from "./json-value.ts";
export * from "./limits.ts";
export * from "./params.ts";
export * from "./path.ts";
export * from "./pattern.ts";
export * from "./server-template.ts";
export * from "./template.ts";
export * from "./text.ts";
