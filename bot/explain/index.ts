export * from "./explainer.ts";
export { readableVerdicts, ruleObjects } from "./readable.ts";
