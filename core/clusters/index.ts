export * from "./cluster.ts";
export * from "./sight.ts";
