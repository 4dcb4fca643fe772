export * from "./binding.ts";
export * from "./quorum.ts";
