export * from "./fits.ts";
export type * from "./mute.ts";
export * from "./order.ts";
