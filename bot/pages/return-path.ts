import { isTaskId } from "../../core/ids/index.ts";

/** The page of a task, below `base`. */
export function taskPath(taskId: string): string {
  return `/tasks/${taskId}`;
}

/** The page of an event, below `base`. */
export function eventPath(eventId: string): string {
  return `/events/${encodeURIComponent(eventId)}`;
}

/** Where a login leads that was begun for no page. */
export const HOME = "/";

/** Marks that somebody has just logged in: who has no session then keeps no cookies, and is not sent round again. */
export const LOGGED_IN = "in";

/** A cookie holds it while somebody logs in. */
const MOST_CHARACTERS = 1_500;
const TASK = /^\/tasks\/([^/?#]+)$/;
const EVENT = /^\/events\/[A-Za-z0-9_]{1,80}$/;
const LIST = /^(\/|\/tasks|\/events|\/clusters)(?:\?([^#]*))?$/;

/** The page that somebody may be sent back to after a login: one of ours, and nothing else that a link may name. */
export function returnPath(text: unknown): string | null {
  if (typeof text !== "string") return null;
  const [, taskId] = TASK.exec(text) ?? [];
  if (taskId !== undefined) return isTaskId(taskId) ? taskPath(taskId) : null;
  if (EVENT.test(text)) return text;
  const [, path, query = ""] = LIST.exec(text) ?? [];
  if (path === undefined) return null;
  // Written anew: whatever was in it is now letters, digits and escapes.
  const asked = new URLSearchParams(query);
  asked.delete(LOGGED_IN);
  const back = asked.size > 0 ? `${path}?${asked}` : path;
  return back.length <= MOST_CHARACTERS ? back : path;
}

/** The same page, for who has just logged in. */
export function loggedInPath(back: string): string {
  return `${back}${back.includes("?") ? "&" : "?"}${LOGGED_IN}=1`;
}
