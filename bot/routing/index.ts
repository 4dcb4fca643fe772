export * from "./choosing.ts";
export * from "./open-count.ts";
