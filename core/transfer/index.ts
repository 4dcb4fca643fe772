export * from "./digest.ts";
export * from "./plan.ts";
export * from "./record.ts";
export * from "./standing.ts";
