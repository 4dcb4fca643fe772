export * from "./builds.ts";
export type { BuildsDeps } from "./deps.ts";
export { type PackChecker, problemLine } from "./stages.ts";
