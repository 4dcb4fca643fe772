export * from "./form.ts";
export * from "./question.ts";
