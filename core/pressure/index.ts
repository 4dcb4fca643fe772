export * from "./pressure.ts";
