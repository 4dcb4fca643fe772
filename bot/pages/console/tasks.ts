import type { Context } from "koa";
import type { Directory, TaskStore } from "../../../core/ports/index.ts";
import { TASK_STATES } from "../../../core/tasks/index.ts";
import { type TaskAccessDeps, taskAccess } from "../../chat/task-access.ts";
import { queryReader } from "../../http/api/query.ts";
import { taskListQuery, taskPage } from "../../http/api/task-list.ts";
import { type Guest, type GuestDeps, guestOf } from "../guest.ts";
import { type Html, html } from "../html.ts";
import { LOGGED_IN } from "../return-path.ts";
import { choiceField, filterForm, textField } from "./filter-form.ts";
import { faultPart, pager, showGuest } from "./parts.ts";
import { type TaskRowDeps, taskTable } from "./task-rows.ts";

export interface TaskListDeps extends GuestDeps, TaskRowDeps, TaskAccessDeps {
  site: GuestDeps["site"];
  directory: Pick<Directory, "vouch" | "nameOf" | "expand">;
  tasks: Pick<TaskStore, "list">;
}

const LISTED = 50;

/** `GET /tasks`: the tasks whose pages the guest may see, newest first, as REST filters and pages them. */
export async function showTasks(ctx: Context, deps: TaskListDeps): Promise<void> {
  const guest = await guestOf(ctx, deps);
  if (!guest) return;
  const { texts } = guest;
  const title = texts.console.places.tasks;
  const path = `${deps.site.base}/tasks`;
  const head = html`<h1>${title}</h1>${filterPart(ctx, path, guest)}`;
  const read = queryReader(ctx.query);
  read.text(LOGGED_IN);
  const query = taskListQuery(read, LISTED);
  const faults = read.faults();
  if (faults.length > 0) {
    const main = [head, faultPart(faults, guest)];
    return showGuest(ctx, deps.site, { guest, title, main, status: 400 });
  }
  const access = await taskAccess(guest.actor, deps);
  const { tasks, next } = await taskPage(deps.tasks, query, access.mayReadPage);
  const none = html`<p>${next === null ? texts.commands.noSuchTasks : texts.console.looksOn}</p>`;
  const rows = tasks.length > 0 ? await taskTable(tasks, guest, { ...deps, when: "made" }) : none;
  const main = [head, html`<section>${rows}</section>`, pager(ctx, path, { next, texts })];
  showGuest(ctx, deps.site, { guest, title, main });
}

function filterPart(ctx: Context, path: string, { texts }: Guest): Html {
  const { filter } = texts.console;
  const { rows } = texts.page;
  const options = [
    { value: "", text: filter.any },
    { value: "open", text: filter.open },
    { value: "ended", text: filter.ended },
    ...TASK_STATES.map((state) => ({ value: state, text: texts.states[state] })),
  ];
  const fields = [
    choiceField(ctx, "state", rows.state, options),
    textField(ctx, "rule", rows.rule),
    textField(ctx, "source", rows.source),
    textField(ctx, "business", rows.business),
  ];
  return filterForm(ctx, { path, fields, texts });
}
