export * from "./answerer.ts";
export * from "./clicks.ts";
export * from "./deliver.ts";
export { type QuestionCardDeps, questionCards } from "./group-card.ts";
export * from "./watch.ts";
