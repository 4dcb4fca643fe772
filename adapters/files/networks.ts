import { isIP } from "node:net";
import type { Network } from "../../core/events/index.ts";

/** A network such as `10.0.0.0/8` or `fd00::/8`, or one address; null for anything else. */
export function parseNetwork(text: string): Network | null {
  const parts = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = parts?.[1] ?? "";
  const version = isIP(address);
  if (version === 0) return null;
  const bits = version === 4 ? 32 : 128;
  const prefix = Number(parts?.[2] ?? bits);
  return prefix <= bits ? { address, prefix, family: version === 4 ? "ipv4" : "ipv6" } : null;
}
