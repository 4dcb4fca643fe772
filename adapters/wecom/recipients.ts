import { normaliseUserId } from "../../core/people/index.ts";
import { refusedBySender } from "./errors.ts";

/** Most people that one call may name. */
const MAX_RECIPIENTS = 1000;

/** The people one message goes to. */
export interface Recipients {
  /** Normalised, each once. */
  reachable: string[];
  /** Given ids that cannot be a member's. */
  impossible: string[];
}

/** Whether a text can be a userid. `@all` looks like one and means everybody, `|` would add people. */
export function isUserId(userId: string): boolean {
  return /^[0-9a-z_.@-]{1,64}$/i.test(userId) && userId.toLowerCase() !== "@all";
}

/** Sorts out who can be named in one call. Throws when nobody or too many are left. */
export function checkRecipients(userIds: readonly string[]): Recipients {
  const sorted = sortRecipients(userIds);
  const { length } = sorted.reachable;
  if (length > MAX_RECIPIENTS) {
    const message = `${length} recipients, WeCom takes at most ${MAX_RECIPIENTS} in one call`;
    throw refusedBySender("wecom.too_many_recipients", message);
  }
  return sorted;
}

/** Sorts out who is named in each of the calls that it takes. Throws when nobody is left. */
export function recipientsByCall(userIds: readonly string[]): { calls: string[][]; impossible: string[] } {
  const { reachable, impossible } = sortRecipients(userIds);
  const count = Math.ceil(reachable.length / MAX_RECIPIENTS);
  const calls = Array.from({ length: count }, (_, at) => {
    return reachable.slice(at * MAX_RECIPIENTS, (at + 1) * MAX_RECIPIENTS);
  });
  return { calls, impossible };
}

function sortRecipients(userIds: readonly string[]): Recipients {
  const all = [...new Set(userIds.map(normaliseUserId))];
  const reachable = all.filter(isUserId);
  const impossible = all.filter((userId) => !isUserId(userId));
  if (reachable.length === 0) {
    throw refusedBySender("wecom.nobody_reachable", "none of the recipients can be a member of WeCom");
  }
  return { reachable, impossible };
}

/** The ids in WeCom's lists: joined by `|` in one answer, an array in another, missing in a third. */
export function idsIn(listed: string | readonly string[] | undefined): string[] {
  const ids = typeof listed === "string" ? listed.split("|") : (listed ?? []);
  return ids.map(normaliseUserId).filter((userId) => userId !== "");
}
