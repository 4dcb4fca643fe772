import { isFinal } from "../../core/errors.ts";
import { normaliseUserId } from "../../core/people/index.ts";
import type { Directory } from "../../core/ports/index.ts";

export interface SenderDeps {
  directory: Pick<Directory, "vouch">;
  /** The userid of an encrypted id; null when it is of no member that the app sees. */
  plainId: (openUserId: string) => Promise<string | null>;
}

/** Who wrote to the AI bot or clicked there. Nobody else may do anything. */
export type Sender = { outcome: "known"; userId: string } | { outcome: "unknown_person" | "inactive" };

/**
 * Finds the member behind an id of the AI bot: nothing in a message says whether its id is encrypted, so that one
 * which is no member's is read as an encrypted one (reference/wecom.md 4.6). Throws what may pass.
 */
export async function senderOf(rawId: string, deps: SenderDeps): Promise<Sender> {
  const own = await memberOf(rawId, deps);
  if (own.outcome !== "unknown_person") return own;
  const plain = await plainIdOf(rawId, deps);
  return plain === null ? own : memberOf(plain, deps);
}

async function memberOf(id: string, { directory }: SenderDeps): Promise<Sender> {
  const { outcome } = await directory.vouch(id, []);
  if (outcome === "unknown_person" || outcome === "inactive") return { outcome };
  return { outcome: "known", userId: normaliseUserId(id) };
}

/** An app that may not ask cannot tell who it is. */
async function plainIdOf(rawId: string, { plainId }: SenderDeps): Promise<string | null> {
  try {
    return await plainId(rawId);
  } catch (error) {
    if (!isFinal(error)) throw error;
    return null;
  }
}
