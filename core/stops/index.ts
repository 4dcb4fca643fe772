export * from "./stop.ts";
