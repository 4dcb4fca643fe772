export * from "./callback.ts";
export * from "./clock.ts";
export * from "./files.ts";
export * from "./finding.ts";
export * from "./people.ts";
export * from "./programs.ts";
export * from "./targets.ts";
export * from "./wecom.ts";
