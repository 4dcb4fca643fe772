export * from "./choosing.ts";
export * from "./open-count.ts";
export * from "./pack-watch.ts";
