export * from "./duration.ts";
export * from "./wall-clock.ts";
export * from "./zone-formatters.ts";
