export * from "./explainer.ts";
export { readableRules, readableVerdicts, ruleObjects } from "./readable.ts";
