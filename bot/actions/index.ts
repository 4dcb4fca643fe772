export * from "./action-watch.ts";
