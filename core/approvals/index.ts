export * from "./approval.ts";
export * from "./binding.ts";
export * from "./choices.ts";
export * from "./places.ts";
export * from "./quorum.ts";
export * from "./reason.ts";
export { isReachable } from "./rejection.ts";
export * from "./stand-in.ts";
export * from "./words.ts";
