export * from "./duration.ts";
