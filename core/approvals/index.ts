export * from "./binding.ts";
export * from "./place.ts";
export * from "./quorum.ts";
