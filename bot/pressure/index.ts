export * from "./gate.ts";
export * from "./sampler.ts";
