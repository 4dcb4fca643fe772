export { type PageConfig, type PageDeps, pageRoutes } from "./routes.ts";
