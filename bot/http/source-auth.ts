import { isIPv4, isIPv6 } from "node:net";
import type { Source, SourceAuth } from "../../core/events/index.ts";
import { type Caller, onlyOne, type Presented, schemeValue } from "./caller.ts";
import { isAmong } from "./networks.ts";
import { sameSecret } from "./same-secret.ts";

/** Why a caller may not post. Closed: each is counted and logged. */
export type AuthReason =
  | "open_only_to_loopback"
  | "address_not_allowed"
  | "foreign_page"
  | "no_credentials"
  | "repeated_credentials"
  | "bad_credentials"
  | "no_signature"
  | "bad_signature"
  | "stale_timestamp"
  | "topic_not_allowed"
  | "bad_certificate";

export type AuthRefusal = { outcome: "refused"; reason: AuthReason };
export type AuthOutcome = { outcome: "let_in" } | AuthRefusal;

const LET_IN: AuthOutcome = { outcome: "let_in" };
const WRONG: AuthRefusal = { outcome: "refused", reason: "bad_credentials" };

/**
 * Whether a caller may post to a source, as far as that can be told without the body: its address, then its
 * credentials. A source without authentication is open to this machine alone, unless it names networks, and to no
 * page of another site: a person's browser sends from where the person may.
 */
export function checkCaller({ auth, allow }: Pick<Source, "auth" | "allow">, caller: Caller): AuthOutcome {
  if (allow && !isAmong(allow, caller.address)) return { outcome: "refused", reason: "address_not_allowed" };
  if (auth.kind === "none" && !allow && !caller.local) {
    return { outcome: "refused", reason: "open_only_to_loopback" };
  }
  if (auth.kind === "none" && (isForeignPage(caller) || (!allow && mayBeForeignGet(caller)))) {
    return { outcome: "refused", reason: "foreign_page" };
  }
  return checkCredentials(auth, caller);
}

const OWN_SITES: readonly string[] = ["none", "same-origin"];

/**
 * Whether a browser says that a page of another site makes the request. Senders that are no browser say nothing. A page
 * whose own site has a name is foreign too: whoever owns the name may let it point to this machine meanwhile.
 */
function isForeignPage({ headers }: Caller): boolean {
  const { "sec-fetch-site": sites = [], origin: origins = [], host: hosts = [] } = headers;
  const own = hosts.filter(isNobodys).flatMap((host) => [`http://${host}`, `https://${host}`]);
  return sites.some((site) => !OWN_SITES.includes(site)) || origins.some((origin) => !own.includes(origin));
}

/** Of a GET to its own site, and to one that is not this machine's to it, a browser says nothing. */
function mayBeForeignGet({ method, headers: { host: hosts = [] } }: Caller): boolean {
  return method === "GET" && !hosts.every((host) => isNobodys(host) || /^[a-z0-9-]+(:\d+)?$/i.test(host));
}

/** Whether a host is an address, or a name that browsers hold for this machine: one that nobody can let point elsewhere. */
function isNobodys(host: string): boolean {
  const [, v6, name = ""] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d+)?$/.exec(host) ?? [];
  if (v6 !== undefined) return isIPv6(v6);
  return isIPv4(name) || /^(?:[a-z0-9-]+\.)*localhost$/i.test(name);
}

/** Whether a source's bodies carry a signature, so that nothing is known of the sender before they are read. */
export function isSigned(auth: SourceAuth): boolean {
  return auth.kind === "hmac" || auth.kind === "grafana" || auth.kind === "sns" || auth.kind === "smn";
}

function checkCredentials(auth: SourceAuth, { headers, query }: Caller): AuthOutcome {
  switch (auth.kind) {
    case "none":
    case "hmac":
    case "grafana":
    case "sns":
    case "smn":
      return LET_IN;
    case "bearer":
      return matching(schemeValue(headers["authorization"], /^bearer +(\S+)$/i), auth.token);
    case "basic":
      return matching(basicValue(headers["authorization"]), `${auth.user}:${auth.password}`);
    case "query":
      return matching(onlyOne(query[auth.name]), auth.token);
    case "header":
      return matching(onlyOne(headers[auth.name]), auth.value);
    default:
      return auth satisfies never;
  }
}

function matching(given: Presented, secret: string): AuthOutcome {
  if (given.outcome === "refused") return given;
  return sameSecret(given.text, secret) ? LET_IN : WRONG;
}

function basicValue(header: Caller["headers"][string]): Presented {
  const given = schemeValue(header, /^basic +([A-Za-z0-9+/_=-]+)$/i);
  if (given.outcome === "refused") return given;
  return { outcome: "one", text: Buffer.from(given.text, "base64").toString("utf8") };
}

type Fields = Readonly<Record<string, string>>;

/** A request's query and headers without what proves its sender: adapters and stored events never see that. */
export function withoutCredentials(
  auth: SourceAuth,
  { query, headers }: { query: Fields; headers: Fields },
): { query: Fields; headers: Fields } {
  const { authorization: _, cookie: __, "proxy-authorization": ___, ...others } = headers;
  if (auth.kind === "query") return { query: without(query, auth.name), headers: others };
  if (auth.kind === "header") return { query, headers: without(others, auth.name) };
  // The header says that there is no envelope; where the envelope was verified, it must be read as one.
  if (auth.kind === "sns") return { query, headers: without(others, "x-amz-sns-rawdelivery") };
  return { query, headers: others };
}

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}
