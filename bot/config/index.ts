export * from "./config.ts";
export * from "./env-file.ts";
export * from "./environment.ts";
