export * from "./stop.ts";
export * from "./words.ts";
