import type { Context } from "koa";
import { authorise } from "../../../core/people/index.ts";
import type { Directory, TaskStore } from "../../../core/ports/index.ts";
import type { Stop } from "../../../core/stops/index.ts";
import { OPEN_STATES, type Task, TERMINAL_STATES } from "../../../core/tasks/index.ts";
import { stopLine } from "../../chat/commands/stops.ts";
import { type TaskAccess, type TaskAccessDeps, taskAccess } from "../../chat/task-access.ts";
import { taskPage } from "../../http/api/task-list.ts";
import { actorNames } from "../../names.ts";
import type { StopKeeper } from "../../stops/index.ts";
import { type Guest, type GuestDeps, guestOf, whomToAsk } from "../guest.ts";
import { type Html, html, type Part } from "../html.ts";
import { PLACES } from "../nav.ts";
import { section } from "../parts.ts";
import { type ClusterRowDeps, clustersFor, clusterTable } from "./cluster-rows.ts";
import { showGuest } from "./parts.ts";
import { movedAtMs, type TaskRowDeps, taskTable } from "./task-rows.ts";

export interface OverviewDeps extends GuestDeps, ClusterRowDeps, TaskRowDeps, TaskAccessDeps {
  site: GuestDeps["site"];
  directory: Pick<Directory, "vouch" | "nameOf" | "expand">;
  tasks: Pick<TaskStore, "list">;
  stops: Pick<StopKeeper, "list">;
}

const LISTED = 10;
/** So many tasks are looked at for one section. */
const MOST_LOOKED_AT = 500;
/** What ends last may have begun before others: so many are put in the order of their ends. */
const MOST_SORTED = 100;
const UNDER_WAY = OPEN_STATES.filter((state) => state !== "pending_approval");

/** `GET /`: what is stopped, what waits for the guest, what runs, what has ended, how the clusters stand. */
export async function showOverview(ctx: Context, deps: OverviewDeps): Promise<void> {
  const guest = await guestOf(ctx, deps);
  if (!guest) return;
  const access = await taskAccess(guest.actor, deps);
  const title = guest.texts.console.places.overview;
  const main = [
    html`<h1>${title}</h1>`,
    await stopPart(await deps.stops.list(), guest, deps),
    onlyOwnPart(guest, deps),
    html`<div class="col">${await waitingPart(access, guest, deps)}${await underWayPart(access, guest, deps)}${await endedPart(access, guest, deps)}${await clusterPart(guest, deps)}</div>`,
  ];
  showGuest(ctx, deps.site, { guest, title, main });
}

async function stopPart(
  stops: readonly Stop[],
  { texts }: Guest,
  { directory, timeZone }: OverviewDeps,
): Promise<Part> {
  if (stops.length === 0) return null;
  const by = stops.map((stop) => stop.by);
  const viewing = { texts, timeZone, nameOf: await actorNames(by, directory), plain: (text: string) => text };
  const lines = stops.map((stop) => html`<li>${stopLine(stop, viewing)}</li>`);
  return html`<div class="notice bad" role="alert"><h2>${texts.commands.stops.title}</h2><ul>${lines}</ul></div>`;
}

/** Who may see nothing but what is theirs is told whom to ask for more. */
function onlyOwnPart({ actor, visitor, texts }: Guest, { roles }: OverviewDeps): Part {
  const denial = authorise(actor, "tasks.read", "some");
  const isMore = visitor.places.some((place) => PLACES[place].right !== undefined);
  if (denial.outcome === "allowed" || isMore) return null;
  const whom = whomToAsk(denial, { right: "tasks.read", on: "some", roles: roles(), texts });
  return html`<div class="notice"><p>${texts.console.onlyOwn}</p>${whom}</div>`;
}

async function waitingPart(access: TaskAccess, guest: Guest, deps: OverviewDeps): Promise<Part> {
  const { texts } = guest;
  const waiting = await deps.tasks.list({ states: ["pending_approval"], limit: MOST_LOOKED_AT });
  const theirs = await Promise.all(waiting.map((task) => access.waitsForThem(task)));
  const own = waiting.filter((_, at) => theirs[at]);
  const count = own.length > 0 ? ` (${own.length})` : "";
  const none = html`<p class="soft">${texts.commands.nothingToApprove}</p>`;
  const rows =
    own.length > 0 ? await taskTable(own.slice(0, LISTED), guest, { ...deps, when: "made" }) : none;
  return section(`${texts.console.waits}${count}`, rows, allLink("pending_approval", guest, deps));
}

async function underWayPart(access: TaskAccess, guest: Guest, deps: OverviewDeps): Promise<Part> {
  const { underWay, noneUnderWay } = guest.texts.console;
  const tasks = await readable(UNDER_WAY, LISTED, { access, deps });
  if (tasks.length === 0 && !readsTasks(guest)) return null;
  if (tasks.length === 0) return section(underWay, html`<p class="soft">${noneUnderWay}</p>`);
  return section(
    underWay,
    await taskTable(tasks, guest, { ...deps, when: "made" }),
    allLink("open", guest, deps),
  );
}

async function endedPart(access: TaskAccess, guest: Guest, deps: OverviewDeps): Promise<Part> {
  const { endedLast, noneEnded } = guest.texts.console;
  const tasks = await readable(TERMINAL_STATES, MOST_SORTED, { access, deps });
  if (tasks.length === 0 && !readsTasks(guest)) return null;
  if (tasks.length === 0) return section(endedLast, html`<p class="soft">${noneEnded}</p>`);
  const last = tasks.sort((one, other) => movedAtMs(other) - movedAtMs(one)).slice(0, LISTED);
  return section(
    endedLast,
    await taskTable(last, guest, { ...deps, when: "ended" }),
    allLink("ended", guest, deps),
  );
}

/** The newest tasks in some states that a guest may read. */
async function readable(
  states: readonly Task["state"][],
  limit: number,
  { access, deps }: { access: TaskAccess; deps: OverviewDeps },
): Promise<Task[]> {
  const query = { states: [...states], fits: () => true, limit, mostLookedAt: MOST_LOOKED_AT };
  return (await taskPage(deps.tasks, query, access.mayReadPage)).tasks;
}

function readsTasks({ actor }: Guest): boolean {
  return authorise(actor, "tasks.read", "some").outcome === "allowed";
}

function allLink(state: string, { texts }: Guest, { site }: OverviewDeps): Html {
  return html`<p class="row"><a class="button quiet" href="${site.base}/tasks?state=${state}">${texts.console.all}</a></p>`;
}

async function clusterPart(guest: Guest, deps: OverviewDeps): Promise<Part> {
  const clusters = clustersFor(guest.actor, deps);
  if (clusters.length === 0) return null;
  return section(guest.texts.console.places.clusters, await clusterTable(clusters, guest, deps));
}
