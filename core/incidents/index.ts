export * from "./admit.ts";
export * from "./place.ts";
