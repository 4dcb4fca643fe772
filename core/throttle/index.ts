export * from "./bucket.ts";
export * from "./shared.ts";
