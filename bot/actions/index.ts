export * from "./action-faults.ts";
export * from "./action-watch.ts";
