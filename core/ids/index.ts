export * from "./bytes-name.ts";
export * from "./ids.ts";
export * from "./json.ts";
