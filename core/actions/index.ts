export * from "./action-schema.ts";
export * from "./cast.ts";
export * from "./rule-packs.ts";
export * from "./rule-params.ts";
