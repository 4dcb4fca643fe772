export * from "./answers.ts";
export type { ReleaseAsk, ReleaseAsked, ReleaseWish } from "./asking.ts";
export * from "./clicks.ts";
export * from "./decide.ts";
export * from "./drift.ts";
export * from "./keeper.ts";
export type { ReleasesDeps, ReleaseTaken } from "./moves.ts";
export type { ReleaseDeedDeps, TermsFinder, TermsFound } from "./step.ts";
export { type ReleaseTellDeps, releaseTeller } from "./tell.ts";
