import { isJsonObject, type JsonObject } from "../ids/index.ts";
import type { RetryWish } from "../tasks/retry-plan.ts";
import { readNotify } from "./notify-body.ts";
import { bilingual } from "./refusals.ts";

export type StartReading =
  | {
      outcome: "read";
      action: string;
      parameters: JsonObject;
      notify: JsonObject | null;
      /** What the client sent and does not count here; told in a Warning. */
      ignored: string[];
    }
  | { outcome: "refused"; status: 400 | 403; message: string };

/** What may come along without a change of what is run. */
const IGNORED = ["callback", "liveaction", "id", "status"];
const KNOWN = new Set(["action", "parameters", "user", "delay", "context", "notify", ...IGNORED]);
const ACTION = /^[\w-]+(?:\.[\w-]+)+$/;

/**
 * Reads the body of `POST /executions`. The action and its parameters count; nothing of a client's `context` does: who
 * runs it, what it belongs to and how it is traced is Whale's to say (reference/stackstorm.md 5.1).
 */
export function readStart(body: JsonObject, caller: string): StartReading {
  const { action, parameters = {}, user, delay, context } = body;
  if (typeof action !== "string" || !ACTION.test(action)) {
    return refused(400, "action 应为 pack.操作", "action must be pack.name");
  }
  if (parameters !== null && !isJsonObject(parameters)) return NO_PARAMETERS;
  const unknown = Object.keys(body).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) return unknownField(unknown);
  const unable = userFault(user, caller) ?? delayFault(delay);
  if (unable) return unable;
  const told = readNotify(body["notify"]);
  if (told.outcome === "refused") return { ...told, status: 400 };
  const dropped = IGNORED.filter((key) => isSaid(body[key]));
  const inContext = isJsonObject(context)
    ? Object.keys(context).map((key) => `context.${key.slice(0, 40)}`)
    : [];
  return {
    outcome: "read",
    action,
    parameters: parameters ?? {},
    notify: told.notify,
    ignored: [...dropped, ...inContext],
  };
}

type Refused = Extract<StartReading, { outcome: "refused" }>;

const NO_PARAMETERS = refused(400, "parameters 应为对象", "parameters must be an object");

function unknownField(name: string): Refused {
  const shown = name.slice(0, 40);
  return refused(400, `不认识的字段 ${shown}`, `Additional properties are not allowed: ${shown}`);
}

function delayFault(delay: unknown): Refused | null {
  if (delay === undefined || delay === null || delay === 0) return null;
  return refused(400, "鲸不延迟执行，请去掉 delay", "a run cannot be put off here; leave out delay");
}

/** Null when the body names nobody else. */
function userFault(user: unknown, caller: string): Refused | null {
  if (user === undefined || user === null || user === "") return null;
  if (typeof user === "string" && user.toLowerCase() === caller.toLowerCase()) return null;
  return refused(403, "不能以他人身份执行，请去掉 user", "nobody runs as somebody else; leave out user");
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && !(isJsonObject(value) && Object.keys(value).length === 0);
}

function refused(status: 400 | 403, zh: string, en: string): Refused {
  return { outcome: "refused", status, message: bilingual(zh, en) };
}

/** What a client may ask of a run by writing its status, and what that means. */
const WANTED = {
  pausing: "pause",
  paused: "pause",
  resuming: "resume",
  canceling: "cancel",
  canceled: "cancel",
} as const;

export type ControlReading =
  | { outcome: "read"; what: "pause" | "resume" | "cancel" }
  | { outcome: "refused"; message: string };

/** Reads the body of `PUT /executions/{id}`. StackStorm would write any other status straight into its record. */
export function readControl(body: JsonObject): ControlReading {
  const { status } = body;
  const others = Object.keys(body).filter((key) => key !== "status");
  if (others.length > 0) {
    const named = others[0]?.slice(0, 40);
    const message = bilingual(`只能写 status，不能写 ${named}`, `status alone may be written, not ${named}`);
    return { outcome: "refused", message };
  }
  if (typeof status === "string" && Object.hasOwn(WANTED, status)) {
    return { outcome: "read", what: WANTED[status as keyof typeof WANTED] };
  }
  const words = Object.keys(WANTED).join(", ");
  return {
    outcome: "refused",
    message: bilingual(`status 只能是 ${words}`, `status must be one of ${words}`),
  };
}

export type RerunReading =
  | { outcome: "read"; wish: RetryWish }
  | { outcome: "refused"; status: 400 | 403; message: string };

/**
 * Reads the body of `re_run`. Nothing: the task once more; `parameters` are laid over its own; `tasks` are the failed
 * steps of a workflow that alone are run again, `reset` those among them of which every item is (reference/stackstorm.md
 * 5.6).
 */
export function readRerun(body: JsonObject, caller: string): RerunReading {
  const { parameters, tasks, reset, user, delay } = body;
  const unknown = Object.keys(body).find((key) => !RERUN_FIELDS.has(key));
  if (unknown !== undefined) return unknownField(unknown);
  const unable = userFault(user, caller) ?? delayFault(delay);
  if (unable) return unable;
  if (isSaid(parameters) && !isJsonObject(parameters)) return NO_PARAMETERS;
  const [steps, again] = [namesOf(tasks), namesOf(reset)];
  if (steps === null || again === null) {
    return refused(400, "tasks、reset 应为步骤名的列表", "tasks and reset must be lists of names of tasks");
  }
  const changes = isSaid(parameters) && isJsonObject(parameters) ? { parameters } : {};
  if (steps.length === 0 && again.length === 0) return { outcome: "read", wish: changes };
  if (again.some((name) => !steps.includes(name))) {
    const en = "List of tasks to reset does not match the tasks to rerun.";
    return refused(400, "reset 里的步骤都要写在 tasks 里", en);
  }
  if (changes.parameters) {
    const en = "Parameters override is not supported when re-running task(s) for a workflow.";
    return refused(400, "带 tasks 重跑时不能改 parameters", en);
  }
  const only = { rerun: "failed" as const, steps };
  return { outcome: "read", wish: again.length > 0 ? { ...only, reset: again } : only };
}

const RERUN_FIELDS = new Set(["parameters", "tasks", "reset", "user", "delay"]);
const MOST_NAMES = 100;

/** Null when it is no list of names. */
function namesOf(value: unknown): string[] | null {
  if (!isSaid(value)) return [];
  if (!Array.isArray(value) || value.length > MOST_NAMES) return null;
  const names = value.filter((name): name is string => typeof name === "string" && name !== "");
  return names.length === value.length ? [...new Set(names)] : null;
}
