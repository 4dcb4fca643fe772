import { isTaskId, type JsonObject, pick } from "../ids/index.ts";
import type { ShowRun } from "../pages/secrets.ts";
import type { Task, TaskState } from "../tasks/task.ts";
import { mintedId } from "./ids.ts";

/** A row of StackStorm as it came. */
export type Row = JsonObject;

/** What a task that has no execution looks like to a client of StackStorm. Of one that has, the real status counts. */
const STATUSES: Record<TaskState, string> = {
  held: "delayed",
  pending_approval: "delayed",
  approved: "delayed",
  starting: "delayed",
  unknown: "delayed",
  running: "running",
  paused: "paused",
  canceling: "canceling",
  succeeded: "succeeded",
  failed: "failed",
  timeout: "timeout",
  canceled: "canceled",
  abandoned: "abandoned",
  rejected: "canceled",
  expired: "canceled",
  withdrawn: "canceled",
  refused: "failed",
  gave_up: "abandoned",
};

/**
 * The execution that a task would be if it had been started at once: `delayed` while it waits, and when it ends
 * without a run, an end that says why. What is secret of what it runs stands nowhere in it.
 */
export function heldExecution(task: Task, why: string, shown: ShowRun): Row {
  const id = mintedId(task.id);
  const status = STATUSES[task.state];
  const start = instant(task.createdAtMs);
  const { params: parameters, hide } = shown(task);
  const told = hide(why);
  const isOver = task.dueAtMs === null;
  const [pack = "", name = ""] = splitRef(task.action);
  return {
    id,
    status,
    start_timestamp: start,
    ...(isOver ? { end_timestamp: instant(task.updatedAtMs), result: { error: told } } : {}),
    action: { ref: task.action, pack, name, runner_type: "" },
    runner: { name: "" },
    liveaction: { id, action: task.action, parameters, action_is_workflow: false },
    parameters,
    context: { user: requesterIn(task), whale: { task_id: task.id, state: task.state, why: told } },
    log: [{ timestamp: start, status: "delayed" }],
    ...(isOver || status === "delayed" ? {} : { elapsed_seconds: 0 }),
  };
}

function requesterIn({ origin }: Task): string {
  return "by" in origin && typeof origin.by === "string" ? origin.by : "whale";
}

function splitRef(ref: string): [pack: string, name: string] {
  const dot = ref.indexOf(".");
  return dot < 0 ? ["", ref] : [ref.slice(0, dot), ref.slice(dot + 1)];
}

function instant(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

/** The task that a row of an execution says it was started for; null when Whale did not start it. */
export function taskIdOf(row: unknown): string | null {
  const id = pick(row, ["context", "whale", "task_id"]);
  return typeof id === "string" && isTaskId(id) ? id : null;
}

/** Filters by which a held execution can be judged; under any other none of them is shown. */
const JUDGED = new Set([
  ...["action", "status", "parent", "user", "id", "timestamp_gt", "timestamp_lt", "limit", "offset"],
  ...["sort", "sort_asc", "sort_desc", "include_attributes", "exclude_attributes"],
]);

/** Whether a held execution is in the list that is asked for; `id`, times and place are judged elsewhere. */
export function isListed(row: Row, query: URLSearchParams): boolean {
  for (const name of query.keys()) if (!JUDGED.has(name)) return false;
  const fits = (name: string, path: string[]) => {
    const wanted = query.get(name);
    return wanted === null || wanted === "" || wanted === pick(row, path);
  };
  const parent = query.get("parent") ?? "null";
  if (parent.toLowerCase() !== "null" && parent !== "") return false;
  return fits("action", ["action", "ref"]) && fits("status", ["status"]) && fits("user", ["context", "user"]);
}
