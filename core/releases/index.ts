export * from "./bill-of-materials.ts";
export * from "./image.ts";
export * from "./pack-content.ts";
export type * from "./pack-lock.ts";
export * from "./pack-set.ts";
export * from "./parts.ts";
