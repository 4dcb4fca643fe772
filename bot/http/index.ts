export * from "./api/index.ts";
export * from "./certificates.ts";
export * from "./cloud.ts";
export * from "./handshake.ts";
export * from "./health.ts";
export type { HookDeps } from "./hooks.ts";
export * from "./intake.ts";
export * from "./rate-gate.ts";
export * from "./server.ts";
