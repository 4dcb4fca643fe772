export { shownParams } from "./facts.ts";
export { type PageConfig, type PageDeps, pageRoutes } from "./routes.ts";
