export * from "./breaker.ts";
export * from "./cluster.ts";
export * from "./drain.ts";
export * from "./finding.ts";
export * from "./health.ts";
export * from "./order.ts";
export * from "./sight.ts";
export * from "./upgrade.ts";
