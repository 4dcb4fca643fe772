import type { Json } from "../../core/ids/index.ts";
import type { Reading } from "./source-adapter.ts";
import { refused } from "./source-adapter.ts";

const MAX_URL_CHARS = 2_048;

/** What a subscription asks, and which hosts its sender may name. */
export interface Subscription {
  /** The field's name, for a refusal. */
  field: string;
  url: string;
  topic: string;
  message: string;
  /** Hosts that are the sender's own. */
  ownHost: RegExp;
  /** Further hosts, from the source's `confirmHosts`: private clouds have names of their own. */
  moreHosts: Json | undefined;
}

/**
 * A handshake whose URL may be called: https, no user, the usual port, and a host of the sender's. Anyone can
 * post such a body, so that a URL anywhere else is refused here already.
 */
export function handshakeOf({ field, url, topic, message, ownHost, moreHosts }: Subscription): Reading {
  const parsed = url.length <= MAX_URL_CHARS ? URL.parse(url) : null;
  const good =
    parsed?.protocol === "https:" && parsed.username === "" && parsed.password === "" && parsed.port === "";
  if (!parsed || !good)
    return refused("bad_shape", `${field}：不是可用的 https 地址 (${field} is not a plain https URL)`);
  const allowed =
    ownHost.test(parsed.hostname) || (Array.isArray(moreHosts) && moreHosts.includes(parsed.hostname));
  if (!allowed)
    return refused("bad_shape", `${field}：不是发送方的域名 (${field} is not of the sender's own hosts)`);
  return { outcome: "handshake", confirmUrl: parsed.href, topic, message };
}
