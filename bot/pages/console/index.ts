export { type ConsoleDeps, consoleRoutes } from "./routes.ts";
