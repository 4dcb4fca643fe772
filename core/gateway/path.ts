import { bilingual } from "./refusals.ts";
import { GATEWAY_ROUTES, type GatewayRoute } from "./routes.ts";

/** Where a request wants to go: which service, and the parts of its path. */
export interface GatewayPath {
  /** The path as StackStorm's OpenAPI file would write it, with `/v1`. */
  path: string;
  /** The cluster that the address itself names. */
  cluster?: string;
}

export type PathReading =
  | ({ outcome: "read" } & GatewayPath)
  /** No address of the gateway. */
  | { outcome: "elsewhere" }
  | { outcome: "refused"; message: string };

const PREFIX = /^\/st2(?:\/clusters\/([A-Za-z0-9][A-Za-z0-9._-]{0,63}))?\/(api|auth|stream)(?=\/|$)/;

/**
 * What StackStorm's own names and ids are made of. Everything else is refused, once the escapes are undone: what two
 * servers decode differently is how a path gets past a check.
 */
const PLAIN = /^[\w.:@+~,=-]+$/;
const LONGEST_PATH = 2_000;

/** Reads the path of a request, the query taken off, exactly as it came over the wire. */
export function readGatewayPath(raw: string): PathReading {
  const prefix = PREFIX.exec(raw);
  if (!prefix) return raw === "/st2" || raw.startsWith("/st2/") ? unknownPath() : { outcome: "elsewhere" };
  const [matched, cluster, service] = prefix;
  if (raw.length > LONGEST_PATH) return badPath();
  const rest = raw.slice(matched.length).replace(/^\/v1(?=\/|$)/, "");
  const segments =
    rest === "" || rest === "/" ? [] : rest.slice(1).replace(/\/$/, "").split("/").map(decoded);
  for (const segment of segments) {
    if (!PLAIN.test(segment) || segment === "." || segment === "..") return badPath();
  }
  const path = `/${service}/v1/${segments.join("/")}`;
  return { outcome: "read", path, ...(cluster === undefined ? {} : { cluster }) };
}

/** Undone once: an escape of an escape is left, and refused. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // No escape at all: it stays as it came, and is refused for its percent sign.
    return segment;
  }
}

function badPath(): PathReading {
  const message = bilingual(
    "路径里只能有字母、数字和 . _ - : @ + ~ , = ，不能有空段、. 或 .. 段",
    "a path may hold letters, digits and . _ - : @ + ~ , = alone, and no empty parts or dot segments",
  );
  return { outcome: "refused", message };
}

function unknownPath(): PathReading {
  const message = bilingual(
    "网关的地址是 /st2/api、/st2/auth 和 /st2/stream",
    "the gateway is at /st2/api, /st2/auth and /st2/stream",
  );
  return { outcome: "refused", message };
}

/** A route, and what its path names. */
export interface RouteMatch {
  route: GatewayRoute;
  params: Readonly<Record<string, string>>;
}

interface Pattern {
  route: GatewayRoute;
  parts: readonly string[];
  isOpen: boolean;
}

/** Words go before names: `/actions/views/overview` is no action of the name `views`. */
const PATTERNS = new Map<string, Pattern[]>();
for (const route of GATEWAY_ROUTES) {
  const parts = route.path.split("/");
  const pattern = { route, parts, isOpen: route.path.endsWith("*}") };
  const key = keyOf(route.method, parts);
  PATTERNS.set(key, [...(PATTERNS.get(key) ?? []), pattern].sort(byWords));
}

function keyOf(method: string, parts: readonly string[]): string {
  return `${method} ${parts[1]} ${parts[3]}`;
}

function byWords(a: Pattern, b: Pattern): number {
  const words = ({ parts }: Pattern) => parts.filter((part) => !part.startsWith("{")).length;
  return words(b) - words(a);
}

/** The operation of a method and a path; null when StackStorm has none. */
export function matchRoute(method: string, path: string): RouteMatch | null {
  const given = path.split("/");
  for (const pattern of PATTERNS.get(keyOf(method, given)) ?? []) {
    const params = fit(pattern, given);
    if (params) return { route: pattern.route, params };
  }
  return null;
}

function fit({ parts, isOpen }: Pattern, given: readonly string[]): Record<string, string> | null {
  if (isOpen ? given.length < parts.length : given.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const value = isOpen && isLast ? given.slice(index).join("/") : (given[index] ?? "");
    if (part.startsWith("{")) params[part.replace(/[{*}]/g, "")] = value;
    else if (part !== value) return null;
  }
  return Object.values(params).includes("") ? null : params;
}
