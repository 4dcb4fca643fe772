export * from "./lint.ts";
export * from "./rosters.ts";
