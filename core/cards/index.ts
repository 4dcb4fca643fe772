export * from "./card.ts";
export * from "./deciders.ts";
export * from "./messages.ts";
export * from "./shorten.ts";
export * from "./task-card.ts";
