export * from "./answers.ts";
export * from "./commands.ts";
export * from "./why.ts";
