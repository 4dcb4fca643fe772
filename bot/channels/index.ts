export * from "./deliver-groups.ts";
export { anyOf, type CardFinder, type GroupCard, type Settles } from "./group-card.ts";
export * from "./handle.ts";
export * from "./incoming.ts";
export { type SenderDeps, senderOf } from "./senders.ts";
export { type TaskCardDeps, taskCards } from "./task-cards.ts";
export * from "./warnings.ts";
