import type { OutboundConfig } from "./config.ts";
import { failure } from "./errors.ts";

/** What a query may hold: a list repeats its key, `undefined` leaves it out. */
export type QueryValue = string | number | boolean | undefined | readonly (string | number)[];

/** Where a request goes: below the base (`path`) or anywhere (`url`). */
export interface Address {
  path?: string | undefined;
  url?: string | undefined;
  query?: Record<string, QueryValue> | undefined;
}

const DOT_SEGMENT = /(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\?#]|$)/i;

/**
 * The full address of a request. Refused: a path that climbs out of the base with dot segments (an id from
 * outside may be `..`, which percent-encoding leaves as it is), and anything but http and https.
 */
export function targetOf(config: OutboundConfig, address: Address): URL {
  const url = URL.parse(address.url ?? joined(config, address.path ?? ""));
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw failure(config, "bad_request", "the address is not an http or https address");
  }
  for (const [key, value] of Object.entries(address.query ?? {})) appendQuery(url, key, value);
  return url;
}

function joined(config: OutboundConfig, path: string): string {
  if (config.baseUrl === undefined) {
    throw failure(config, "bad_request", "a path needs a base address");
  }
  if (DOT_SEGMENT.test(path)) throw failure(config, "bad_request", "the path has dot segments");
  return `${config.baseUrl.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
}

function appendQuery(url: URL, key: string, value: QueryValue): void {
  if (value === undefined) return;
  const values = typeof value === "object" ? value : [value];
  for (const one of values) url.searchParams.append(key, String(one));
}

/** The address as errors may show it: no query, no credentials, no fragment. */
export function shownTarget(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
