import type { Context } from "koa";
import type Router from "koa-router";
import type { Site } from "../site.ts";
import { orErrorPage } from "../visit.ts";
import { type ClusterPageDeps, showClusters } from "./clusters.ts";
import { type EventPageDeps, showEvent } from "./event.ts";
import { type EventListDeps, showEvents } from "./events.ts";
import { type OverviewDeps, showOverview } from "./overview.ts";
import { showTasks, type TaskListDeps } from "./tasks.ts";

/** All that the console shows, beside what pages of tasks stand on too. */
export interface ConsoleDeps
  extends OverviewDeps,
    TaskListDeps,
    EventListDeps,
    EventPageDeps,
    ClusterPageDeps {
  site: Site;
  directory: OverviewDeps["directory"];
  archive: EventListDeps["archive"];
}

/** The console: what goes on, for those who have logged in. It changes nothing. */
export function consoleRoutes(router: Router, deps: ConsoleDeps): void {
  const page = (path: string, show: (ctx: Context, deps: ConsoleDeps) => Promise<void>) => {
    router.get(
      path,
      orErrorPage(deps.site, (ctx) => show(ctx, deps)),
    );
  };
  page("/", showOverview);
  page("/tasks", showTasks);
  page("/events", showEvents);
  page("/events/:id", showEvent);
  page("/clusters", showClusters);
}
