export * from "./scaffold.ts";
export * from "./unit-tests.ts";
