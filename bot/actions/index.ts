export * from "./action-faults.ts";
export * from "./action-watch.ts";
export * from "./catalogue.ts";
