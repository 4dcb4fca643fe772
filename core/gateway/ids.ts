import { base32 } from "../ids/index.ts";
import type { Task } from "../tasks/task.ts";

/** What StackStorm makes for an id: 24 hex digits, the first eight of them the time. */
const EXECUTION_ID = /^[0-9a-f]{24}$/;
/** The time of the ids that Whale mints lies in 2105, so that none is ever one of StackStorm's. */
const MINTED = "ff";
const HASH_BYTES = 11;
/** So many characters of a task's id are sure to follow from the bytes of a minted id. */
const SURE_CHARACTERS = Math.floor((HASH_BYTES * 8) / 5);

/** Whether a text could be the id of an execution. */
export function isExecutionId(text: string): boolean {
  return EXECUTION_ID.test(text);
}

/**
 * The id under which StackStorm's clients know what a task runs, before it runs and for ever after: always the same,
 * and nothing has to be kept to find the task by it. Throws on what is no task's id.
 */
export function mintedId(taskId: string): string {
  const hash = bytesOf(taskId.slice("t_".length)).subarray(0, HASH_BYTES);
  return MINTED + Buffer.from(hash).toString("hex");
}

/** Whether Whale has made this id, or could have. */
export function isMinted(id: string): boolean {
  return isExecutionId(id) && id.startsWith(MINTED);
}

/** How the id of its task begins, `t_` left off. Several may begin so; `mintedId` of the right one is this id. */
export function taskPrefixOf(minted: string): string {
  return base32(Buffer.from(minted.slice(MINTED.length), "hex")).slice(0, SURE_CHARACTERS);
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

function bytesOf(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) throw new TypeError("this is no id of a task");
    value = (value << 5) | digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 255);
    value &= (1 << bits) - 1;
  }
  return Uint8Array.from(bytes);
}

/** What begins the key of every order that came through the gateway. */
export const GATEWAY_KEY = "gateway:";

/** Whether a task was asked for through the gateway: its execution is then shown by the minted id. */
export function isOfGateway({ origin }: Pick<Task, "origin">): boolean {
  return "key" in origin && origin.key.startsWith(GATEWAY_KEY);
}
