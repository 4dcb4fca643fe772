export * from "./deliver-groups.ts";
export * from "./handle.ts";
export * from "./incoming.ts";
export { type SenderDeps, senderOf } from "./senders.ts";
export * from "./warnings.ts";
