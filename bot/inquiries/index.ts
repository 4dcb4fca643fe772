export * from "./answerer.ts";
export * from "./clicks.ts";
export * from "./deliver.ts";
export * from "./watch.ts";
