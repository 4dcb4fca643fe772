export { type AccessDeps, type Guard, type Guarded, guardOver } from "./guard.ts";
export { whoamiRoutes } from "./whoami.ts";
