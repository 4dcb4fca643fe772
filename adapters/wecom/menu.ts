import { ChatOpsError } from "../../core/errors.ts";
import type { WecomClient } from "./client.ts";
import { menuAnswer, nothingMore } from "./schema.ts";

/** A button of the app's menu. Pressing it says what a message would say. */
export interface MenuItem {
  /** At most 16 bytes (reference/wecom.md 6.5). */
  name: string;
  /** A command; comes back as the button's key, of at most 128 bytes. */
  says: string;
}

/** `other`: the app has a menu that somebody else made; it is left as it is. */
export type MenuOutcome = "created" | "kept" | "other";

const NAME_BYTES = 16;
const MOST_ITEMS = 3;

interface Button {
  key?: string;
  sub_button?: readonly Button[];
}

/** Makes sure that the app has a menu with these buttons. Fails as every call does. */
export async function ensureMenu(
  client: WecomClient,
  agentId: number,
  items: readonly MenuItem[],
): Promise<MenuOutcome> {
  checkItems(items);
  const query = { agentid: String(agentId) };
  const present = await client.call({ method: "GET", api: "menu/get", query }, menuAnswer).catch(noMenu);
  const keys = (present?.button ?? []).flatMap(keysOf);
  if (items.every(({ says }) => keys.includes(says))) return "kept";
  if (keys.length > 0 || (present?.button.length ?? 0) > 0) return "other";
  const button = items.map(({ name, says }) => ({ type: "click", name, key: says }));
  await client.call({ method: "POST", api: "menu/create", query, body: { button } }, nothingMore);
  return "created";
}

function keysOf({ key, sub_button = [] }: Button): string[] {
  return [...(key === undefined ? [] : [key]), ...sub_button.flatMap(keysOf)];
}

function noMenu(error: unknown): null {
  if (error instanceof ChatOpsError && error.code === "wecom.no_menu") return null;
  throw error;
}

function checkItems(items: readonly MenuItem[]): void {
  const long = items.find(({ name }) => Buffer.byteLength(name) > NAME_BYTES);
  if (!long && items.length <= MOST_ITEMS) return;
  const what = long ? `${long.name} is longer than ${NAME_BYTES} bytes` : `more than ${MOST_ITEMS} buttons`;
  throw new ChatOpsError(`the app's menu cannot be so: ${what}`, {
    code: "wecom.bad_request",
    reached: "no",
  });
}
