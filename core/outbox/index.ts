export * from "./budget.ts";
export * from "./digest.ts";
export * from "./lanes.ts";
export * from "./output.ts";
export * from "./place-budget.ts";
export * from "./standing.ts";
