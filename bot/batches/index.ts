export * from "./clicks.ts";
export * from "./deliver.ts";
export * from "./gather.ts";
export * from "./store.ts";
