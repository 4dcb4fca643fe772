import type { SourceAuth } from "../../core/events/index.ts";
import { plainHttps, TOPIC_FORMATS } from "./topic-formats.ts";

/** Calls an address once, following nothing; rejects unless the answer is a success. */
export type Confirm = (url: string) => Promise<void>;

/**
 * Whether Whale itself may confirm a subscription: the body's signature was verified, and the address is the
 * service's own. Everything else waits for a person.
 */
export function mayConfirm(auth: SourceAuth, confirmUrl: string): boolean {
  if (auth.kind !== "sns" && auth.kind !== "smn") return false;
  const url = plainHttps(confirmUrl);
  return url !== null && TOPIC_FORMATS[auth.kind].confirmHost.test(url.hostname);
}

const MAX_REMEMBERED = 1_000;

/** The same, but an address that was confirmed, or is being confirmed, is not called again. */
export function onceEach(confirm: Confirm): Confirm {
  const called = new Map<string, Promise<void>>();
  return (url) => {
    const known = called.get(url);
    if (known) return known;
    const call = confirm(url).catch((error: unknown) => {
      called.delete(url);
      throw error;
    });
    called.set(url, call);
    for (const oldest of called.keys()) if (called.size > MAX_REMEMBERED) called.delete(oldest);
    return call;
  };
}
