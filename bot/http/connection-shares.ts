import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Logger, Metrics } from "../../core/ports/index.ts";
import { isOwnMachine, plainAddress } from "./caller.ts";

interface Share {
  open: number;
  /** Whether the log has been told since it had none. */
  told: boolean;
}

/** Where drops are told. */
export interface DropsTold {
  metrics: Pick<Metrics, "count">;
  log: Logger;
}

/**
 * Keeps each remote address within its share of a server's connections, so that one alone cannot take all of them, and
 * counts what is dropped. This machine itself has no share.
 */
export function keepShares(server: Server, perAddress: number, { metrics, log }: DropsTold): void {
  const shares = new Map<string, Share>();
  server.on("drop", () => metrics.count("connections_dropped", { reason: "all_in_use" }));
  server.on("connection", (socket: Socket) => {
    const holder = holderOf(socket);
    if (holder === null) return;
    const share = shares.get(holder) ?? { open: 0, told: false };
    shares.set(holder, share);
    share.open += 1;
    socket.once("close", () => {
      share.open -= 1;
      if (share.open === 0) shares.delete(holder);
    });
    if (share.open <= perAddress) return;
    socket.destroy();
    metrics.count("connections_dropped", { reason: "address" });
    if (!share.told)
      log.warn({ address: holder, perAddress }, "an address has more connections than its share");
    share.told = true;
  });
}

/** What a connection counts for: its address, of IPv6 the network of 64 bits, any of whose addresses a machine may use. */
function holderOf(socket: Socket): string | null {
  if (isOwnMachine(socket)) return null;
  const address = plainAddress(socket.remoteAddress ?? "");
  // Whoever is gone already has no address any more.
  if (address === "") return null;
  return address.includes(":") ? `${upperHalf(address)}::/64` : address;
}

function upperHalf(address: string): string {
  const [before = "", behind] = address.replace(/%.*$/, "").split("::");
  const [head, tail] = [before, behind ?? ""].map((part) => part.split(":").filter((group) => group !== ""));
  const known = [...(head ?? []), ...(tail ?? [])];
  const zeros = behind === undefined ? 0 : 8 - known.length;
  const groups = [...(head ?? []), ...Array<string>(zeros).fill("0"), ...(tail ?? [])];
  return groups.slice(0, 4).join(":");
}
