export * from "./checks/index.ts";
export * from "./image.ts";
export * from "./pack-content.ts";
export type * from "./pack-lock.ts";
export * from "./pack-set.ts";
export * from "./parts.ts";
export * from "./plan.ts";
export * from "./plan-words.ts";
export * from "./uses.ts";
