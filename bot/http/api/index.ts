export { type ConfigDeps, configRoutes } from "./config.ts";
export { configPaths } from "./config-paths.ts";
export { eventTypePaths } from "./event-type-paths.ts";
export { type EventTypeDeps, eventTypeRoutes } from "./event-types.ts";
export { type AccessDeps, type ApiDeps, type Guard, type Guarded, guardOver } from "./guard.ts";
export type { ReadJson } from "./json-body.ts";
export { apiSchemas } from "./openapi.ts";
export { whoamiRoutes } from "./whoami.ts";
