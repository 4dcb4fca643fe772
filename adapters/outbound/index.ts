export * from "./backoff.ts";
export type * from "./config.ts";
export * from "./guard.ts";
export * from "./open.ts";
export * from "./outbound.ts";
export * from "./redact.ts";
