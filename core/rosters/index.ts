export * from "./answer.ts";
export * from "./duty.ts";
export * from "./gaps.ts";
export * from "./known.ts";
export type * from "./roster.ts";
