export * from "./duty.ts";
export * from "./gaps.ts";
export type * from "./roster.ts";
