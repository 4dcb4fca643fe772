import type { Cluster } from "../../core/clusters/index.ts";
import { badConfig } from "./errors.ts";

/** Where the services of one cluster answer, without a slash at the end. Paths below begin with `/v1`. */
export interface Addresses {
  api: string;
  auth: string;
  stream: string;
}

const DIRECT_API_PORT = "9101";
const DIRECT_PORTS = { auth: "9100", stream: "9102" } as const;

/**
 * Derives the three addresses of a cluster from `api`:
 *
 * - `https://host/api`, and any longer path that ends in `/api`: the siblings `/auth` and `/stream`;
 * - `http://host:9101`, st2api without a proxy before it: the same host with ports 9100 and 9102;
 * - anything else: `/auth` and `/stream` below it.
 *
 * A version at the end (`/v1`) is dropped. `authUrl` and `streamUrl` go before what is derived. Throws
 * `stackstorm.bad_config` on an address that is not plain http or https.
 */
export function addressesOf(cluster: Cluster): Addresses {
  const api = baseUrl(cluster.name, "api", cluster.api);
  const own = (field: "authUrl" | "streamUrl", service: "auth" | "stream") => {
    const given = cluster[field];
    return given === undefined ? sibling(api, service) : withoutSlash(baseUrl(cluster.name, field, given));
  };
  return { api: withoutSlash(api), auth: own("authUrl", "auth"), stream: own("streamUrl", "stream") };
}

function baseUrl(cluster: string, field: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw badConfig(cluster, field, "must be an http or https address");
  }
  if (url.username || url.password || url.search || url.hash) {
    // The value is not repeated: it may hold a password.
    throw badConfig(cluster, field, "must not hold a user, a password, a query or a fragment");
  }
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "");
  return url;
}

function sibling(api: URL, service: "auth" | "stream"): string {
  const url = new URL(api);
  if (url.pathname === "/" && url.port === DIRECT_API_PORT) {
    url.port = DIRECT_PORTS[service];
    return withoutSlash(url);
  }
  url.pathname = `${url.pathname.replace(/\/api$/, "").replace(/\/$/, "")}/${service}`;
  return withoutSlash(url);
}

function withoutSlash(url: URL): string {
  return url.href.replace(/\/+$/, "");
}
