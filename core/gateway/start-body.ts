import { isJsonObject, type JsonObject } from "../ids/index.ts";
import { bilingual } from "./refusals.ts";

export type StartReading =
  | {
      outcome: "read";
      action: string;
      parameters: JsonObject;
      /** What the client sent and does not count here; told in a Warning. */
      ignored: string[];
    }
  | { outcome: "refused"; status: 400 | 403; message: string };

/** What may come along without a change of what is run. */
const IGNORED = ["notify", "callback", "liveaction", "id", "status"];
const KNOWN = new Set(["action", "parameters", "user", "delay", "context", ...IGNORED]);
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
  if (parameters !== null && !isJsonObject(parameters)) {
    return refused(400, "parameters 应为对象", "parameters must be an object");
  }
  const unknown = Object.keys(body).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) {
    const shown = unknown.slice(0, 40);
    return refused(400, `不认识的字段 ${shown}`, `Additional properties are not allowed: ${shown}`);
  }
  const otherUser = userFault(user, caller);
  if (otherUser) return otherUser;
  if (delay !== undefined && delay !== null && delay !== 0) {
    return refused(400, "鲸不延迟执行，请去掉 delay", "a run cannot be put off here; leave out delay");
  }
  const dropped = IGNORED.filter((key) => isSaid(body[key]));
  const inContext = isJsonObject(context)
    ? Object.keys(context).map((key) => `context.${key.slice(0, 40)}`)
    : [];
  return { outcome: "read", action, parameters: parameters ?? {}, ignored: [...dropped, ...inContext] };
}

/** Null when the body names nobody else. */
export function userFault(
  user: unknown,
  caller: string,
): Extract<StartReading, { outcome: "refused" }> | null {
  if (user === undefined || user === null || user === "") return null;
  if (typeof user === "string" && user.toLowerCase() === caller.toLowerCase()) return null;
  return refused(403, "不能以他人身份执行，请去掉 user", "nobody runs as somebody else; leave out user");
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && !(isJsonObject(value) && Object.keys(value).length === 0);
}

function refused(status: 400 | 403, zh: string, en: string): Extract<StartReading, { outcome: "refused" }> {
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

/** What a body of `re_run` asks for beyond running the same once more, which is all that is done here. */
export function rerunFault(body: JsonObject): string | null {
  const asked = ["tasks", "reset", "parameters", "delay", "user"].filter((key) => {
    const value = body[key];
    return isSaid(value) && value !== 0 && value !== "" && !(Array.isArray(value) && value.length === 0);
  });
  if (asked.length === 0) return null;
  const names = asked.join(", ");
  return bilingual(
    `重试只能照原样，不能带 ${names}；要改参数请重新 POST /executions`,
    `a run is asked for once more as it was, without ${names}; to change parameters POST /executions`,
  );
}
