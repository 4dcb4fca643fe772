export * from "./judge-again.ts";
export * from "./replay.ts";
export * from "./tally.ts";
export * from "./virtual-throttle.ts";
