export * from "./ids.ts";
export * from "./json.ts";
