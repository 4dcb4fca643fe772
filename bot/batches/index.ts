export * from "./clicks.ts";
export * from "./deliver.ts";
export * from "./gather.ts";
export * from "./store.ts";
export * from "./sweep.ts";
export * from "./viewing.ts";
