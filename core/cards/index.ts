export * from "./card.ts";
export * from "./messages.ts";
export * from "./task-card.ts";
