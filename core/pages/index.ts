export * from "./excerpt.ts";
export * from "./features.ts";
export * from "./link.ts";
export * from "./masked.ts";
export * from "./reading.ts";
export * from "./secrets.ts";
export * from "./shown-text.ts";
export * from "./time.ts";
