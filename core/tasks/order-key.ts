import { hashOf, type JsonObject } from "../ids/index.ts";
import type { RetryWish } from "./retry-plan.ts";
import type { Control } from "./task.ts";

/** What may be ordered of a task under a name, or answered to what its run asks. */
export type OrderWish =
  | { what: "answer"; response: JsonObject }
  | { what: Control }
  | { what: "adopt"; execution: string }
  | { what: "retry"; wish: RetryWish };

/** The hash of what was ordered, at the end of a key. */
const ORDERED = /#[0-9a-f]{64}$/;

/** The key of an order that its sender has named. What it asks for is part of it: a name is of one order. */
export function orderKey(name: string, wish: OrderWish): string {
  return `${name}#${hashOf(wish)}`;
}

/** Whether the name in a key is that of another order. A name alone, of a version before, may be that of any. */
export function reusesName(known: string, key: string): boolean {
  return ORDERED.test(key) && known !== key && nameIn(known) === nameIn(key);
}

function nameIn(key: string): string {
  return key.replace(ORDERED, "");
}
