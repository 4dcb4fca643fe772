export * from "./batch-card.ts";
export * from "./card.ts";
export { DECISION_KEY } from "./choice-card.ts";
export * from "./deciders.ts";
export * from "./messages.ts";
export * from "./shorten.ts";
export * from "./task-card.ts";
