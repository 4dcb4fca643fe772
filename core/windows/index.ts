export * from "./local-time.ts";
export * from "./pattern.ts";
export * from "./schedule.ts";
export * from "./span.ts";
export * from "./window.ts";
