export { checkFolder, checkSet, type ToCheck } from "./check-set.ts";
export { fetchLocked, lockSet, type SetFetched } from "./fetch-set.ts";
export * from "./scaffold.ts";
export type { PackTools } from "./tools.ts";
export * from "./unit-tests.ts";
