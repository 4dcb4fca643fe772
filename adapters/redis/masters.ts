import { Cluster, type Redis } from "ioredis";
import type { Client } from "./connection.ts";

/** The connections to every server that takes writes. */
export function mastersOf(client: Client): Redis[] {
  return client instanceof Cluster ? client.nodes("master") : [client];
}

/**
 * Makes what holds back the calls of one turn of the event loop, so that they leave in one piece: the server then
 * does them together and syncs its disk once. To be called before each call.
 */
export function grouping(client: Client): () => void {
  let held: Redis["stream"][] = [];
  const release = (): void => {
    for (const stream of held) stream.uncork();
    held = [];
  };
  return () => {
    if (held.length > 0) return;
    // A node that was not connected yet has no stream.
    held = mastersOf(client).flatMap((node) => node.stream ?? []);
    for (const stream of held) stream.cork();
    if (held.length > 0) setImmediate(release);
  };
}
