export * from "./action-faults.ts";
export * from "./action-watch.ts";
export * from "./catalogue.ts";
export * from "./pack-warnings.ts";
