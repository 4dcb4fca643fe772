export * from "./explainer.ts";
