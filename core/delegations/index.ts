export * from "./delegation.ts";
export * from "./order.ts";
