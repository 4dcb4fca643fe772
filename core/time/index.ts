export * from "./duration.ts";
export * from "./wall-clock.ts";
