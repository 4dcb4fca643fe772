export * from "./choosing.ts";
export * from "./open-runs.ts";
export * from "./pack-watch.ts";
