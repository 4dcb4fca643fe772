export * from "./back-test.ts";
export * from "./back-test-counts.ts";
export * from "./compare-rules.ts";
export * from "./judge-again.ts";
export * from "./replay.ts";
export * from "./tally.ts";
export * from "./virtual-throttle.ts";
