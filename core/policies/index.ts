export * from "./policy.ts";
export * from "./standing.ts";
