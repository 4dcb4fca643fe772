import type { Json } from "../ids/index.ts";

const PLAIN_WORD = /^[\p{L}\p{N}_.@/%+-]+$/u;

/** A parameter's value as people read it: a plain word as it is, everything else as JSON. */
export function valueText(value: Json): string {
  return typeof value === "string" && PLAIN_WORD.test(value) ? value : JSON.stringify(value);
}
