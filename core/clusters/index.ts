export * from "./choice.ts";
export * from "./cluster.ts";
export * from "./route.ts";
export * from "./sight.ts";
