import type { IncomingMessage } from "node:http";
import { isIP, type Socket } from "node:net";

/** Who sends a request, as far as the request tells. */
export interface Caller {
  method: string;
  /** Address of the client; empty when it cannot be told. */
  address: string;
  /** Whether the request comes from this machine, and no proxy says that it brought it from elsewhere. */
  local: boolean;
  /** Every value of each header, by its name in lower case. */
  headers: Readonly<Record<string, readonly string[] | undefined>>;
  query: Readonly<Record<string, string | readonly string[] | undefined>>;
}

type Ends = Pick<Socket, "remoteAddress" | "localAddress">;

/** What a text of one value may turn out to be. */
export type Presented =
  | { outcome: "one"; text: string }
  | { outcome: "refused"; reason: "no_credentials" | "repeated_credentials" };

/**
 * Tells who sends a request. `X-Forwarded-For` counts for the address only behind a known number of proxies,
 * each of which has appended one entry; what stands before those entries is the client's own invention.
 */
export function callerOf(request: IncomingMessage, query: Caller["query"], trustProxyHops: number): Caller {
  return new RequestCaller(request, query, trustProxyHops);
}

/** A class because few sources ask for the address: its getters are not made anew for each request. */
class RequestCaller implements Caller {
  readonly #request: IncomingMessage;
  readonly #trustProxyHops: number;
  readonly method: string;
  readonly headers: Caller["headers"];
  readonly query: Caller["query"];

  constructor(request: IncomingMessage, query: Caller["query"], trustProxyHops: number) {
    this.#request = request;
    this.#trustProxyHops = trustProxyHops;
    this.method = request.method ?? "";
    this.headers = request.headersDistinct;
    this.query = query;
  }

  get address(): string {
    const stations = this.#stations();
    return stations[Math.max(0, stations.length - 1 - this.#trustProxyHops)] ?? "";
  }

  get local(): boolean {
    if (this.headers["forwarded"] !== undefined) return false;
    const stations = this.#stations();
    return stations.every(isLoopback) || (stations.length === 1 && isOwnMachine(this.#request.socket));
  }

  #stations(): string[] {
    const forwarded = (this.headers["x-forwarded-for"] ?? []).flatMap((line) => line.split(","));
    return [...forwarded, this.#request.socket.remoteAddress ?? ""].map(plainAddress);
  }
}

/** An address without the dress of IPv4 in IPv6; empty when it is none. */
export function plainAddress(text: string): string {
  const plain = text.trim().replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(plain) === 0 ? "" : plain;
}

/** Whether a connection stays on this machine, as one from an address to the same address does. */
export function isOwnMachine({ remoteAddress = "", localAddress }: Ends): boolean {
  return isLoopback(plainAddress(remoteAddress)) || (remoteAddress !== "" && remoteAddress === localAddress);
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** The one value of a header or of a query's key. Two of them are nobody's: which would count is a guess. */
export function onlyOne(values: string | readonly string[] | undefined): Presented {
  const all = typeof values === "string" ? [values] : (values ?? []);
  const [first = ""] = all;
  if (all.length > 1) return { outcome: "refused", reason: "repeated_credentials" };
  return first === "" ? { outcome: "refused", reason: "no_credentials" } : { outcome: "one", text: first };
}

/** What stands behind the scheme's word in an Authorization header. */
export function schemeValue(header: Caller["headers"][string], scheme: RegExp): Presented {
  const given = onlyOne(header);
  if (given.outcome === "refused") return given;
  const text = scheme.exec(given.text)?.[1];
  return text === undefined ? { outcome: "refused", reason: "no_credentials" } : { outcome: "one", text };
}
