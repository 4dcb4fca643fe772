export * from "./clicks.ts";
export * from "./messages.ts";
export type { ChatMuteDeps } from "./mutes.ts";
export type { ChatReasonDeps } from "./reasons.ts";
export type { ChatWhyDeps } from "./why.ts";
