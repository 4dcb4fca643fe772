export { type AliasBook, createAliasBook } from "./aliases.ts";
export { createRunDesk, type RunDeskDeps } from "./desk.ts";
export * from "./schemas.ts";
