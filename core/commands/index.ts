export * from "./answers.ts";
export * from "./commands.ts";
