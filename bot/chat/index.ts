export * from "./clicks.ts";
export type { ChatDelegationDeps } from "./delegations.ts";
export type { ChatDutyDeps } from "./duty.ts";
export * from "./messages.ts";
export type { ChatMuteDeps } from "./mutes.ts";
export type { ChatOrderDeps } from "./orders.ts";
export type { ChatReasonDeps } from "./reasons.ts";
export type { ChatWhyDeps } from "./why.ts";
