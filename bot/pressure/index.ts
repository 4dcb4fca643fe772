export * from "./gate.ts";
export * from "./room.ts";
export * from "./sampler.ts";
