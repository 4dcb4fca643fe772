export * from "./orders.ts";
export * from "./retry-planner.ts";
