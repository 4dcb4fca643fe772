export * from "./clicks.ts";
export * from "./messages.ts";
