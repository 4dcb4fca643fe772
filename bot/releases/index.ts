export * from "./answers.ts";
export * from "./clicks.ts";
export * from "./decide.ts";
export type { ReleaseDeedDeps, TermsFinder, TermsFound } from "./deeds.ts";
export * from "./drift.ts";
export * from "./keeper.ts";
export { type ReleaseTellDeps, releaseTeller } from "./tell.ts";
