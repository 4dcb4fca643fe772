export * from "./actor.ts";
export * from "./authorise.ts";
export * from "./denials.ts";
export * from "./people.ts";
export * from "./rights.ts";
export * from "./role.ts";
